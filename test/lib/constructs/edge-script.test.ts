import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  bundleEdgeScript,
  checkEdgeScript,
  findEdgeSyntaxFaults,
} from '../../../lib/constructs/edge-script.ts';

describe('findEdgeSyntaxFaults', () => {
  it.each([
    'var a=1;const b=2;let c=(d)=>d+1;',
    'function f(a,...rest){return `a`+rest[0]}',
    'async function g(){await 1}',
    'var o={a:1,"b-c":function(){return 2**3}};try{throw 1}catch(e){}',
  ])('takes %s', (script) => {
    expect(findEdgeSyntaxFaults(script)).toEqual([]);
  });

  it.each([
    ['var {a}={a:1}', 'ObjectPattern'],
    ['var [a]=[1]', 'ArrayPattern'],
    ['function f(a=1){}', 'AssignmentPattern'],
    ['f(...a)', 'SpreadElement'],
    ['class A{}', 'ClassDeclaration'],
    ['for(var a of b){}', 'ForOfStatement'],
    ['function*g(){}', 'generator'],
    ['var f=async()=>1', 'async closure'],
    ['var a=1,o={a}', 'shorthand property'],
    ['var o={[a]:1}', 'computed property'],
  ])('refuses %s', (script, fault) => {
    expect(findEdgeSyntaxFaults(script).join()).toContain(fault);
  });

  it.each(['a?.b', 'a??b', 'a||=b', 'export const a=1', 'var o={...p}'])(
    'does not even parse %s',
    (script) => {
      expect(() => findEdgeSyntaxFaults(script)).toThrow(SyntaxError);
    },
  );
});

describe('checkEdgeScript', () => {
  it('names the file and both sizes when a script is too large', () => {
    expect(() => checkEdgeScript('a.ts', `var a="${'x'.repeat(10_240)}"`)).toThrow(
      /^a\.ts: 10248 bytes bundled, CloudFront takes 10240$/,
    );
  });

  it('names the file and what its runtime lacks', () => {
    expect(() => checkEdgeScript('a.ts', 'class A{}')).toThrow(/^a\.ts: .*ClassDeclaration at 0/);
  });
});

describe('bundleEdgeScript', () => {
  it.each(['viewer-request', 'viewer-response'])('makes of %s a script with a handler', (name) => {
    const globals: { handler?: unknown } = {};
    runInNewContext(bundleEdgeScript(`functions/edge/${name}.ts`), globals);
    expect(globals.handler).toBeTypeOf('function');
  });

  it('says which entry is missing', () => {
    expect(() => bundleEdgeScript('functions/edge/none.ts')).toThrow(/functions\/edge\/none\.ts/);
  });
});
