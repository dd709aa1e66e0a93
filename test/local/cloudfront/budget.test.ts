import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { countSteps, stepName } from '../../../local/cloudfront/budget.ts';

/** The value of the last expression, and how many steps it took. */
const run = (code: string): [unknown, number] => {
  let steps = 0;
  const value: unknown = runInNewContext(countSteps(code), {
    [stepName]: () => {
      steps++;
    },
  });
  return [value, steps];
};

describe('countSteps', () => {
  it.each([
    ['1 + 1', 2, 0],
    ['var n = 0; for (var i = 0; i < 3; i++) n += i; n', 3, 3],
    ['var n = 0; for (var i = 0; i < 3; i++) for (var j = 0; j < 2; j++) n++; n', 6, 9],
    ['var n = 0; while (n < 4) { n++ } n', 4, 4],
    ['var n = 0; do n++; while (n < 2); n', 2, 2],
    ['var k = ""; for (var x in { a: 1, b: 2 }) k += x; k', 'ab', 2],
    ['(function (a) { return a })(1)', 1, 1],
    ['var f = a => b => a + b; f(1)(2)', 3, 2],
    ['JSON.stringify((() => ({ a: 1 }))())', '{"a":1}', 1],
    ['var f; for (var i = 0; i < 1; i++) f = () => i\nf()', 1, 2],
    ['function f(n) { return n ? f(n - 1) : "end" } f(3)', 'end', 4],
  ])('counts %s and leaves its value', (code, value, steps) => {
    expect(run(code)).toEqual([value, steps]);
  });
});
