import { type Node, parse } from 'acorn';
import { buildSync } from 'esbuild';
import { projectRoot, resolveEntry } from './bundle.ts';

/** CloudFront refuses a function above 10 KB. */
export const edgeScriptLimitBytes = 10_240;

/**
 * What runtime 2.0 offers beyond ES5.1.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
const supportedByRuntime = {
  arrow: true,
  'async-await': true,
  'const-and-let': true,
  'exponent-operator': true,
  'rest-argument': true,
  'template-literal': true,
};

/**
 * What esbuild cannot lower and would stop at even in a function that it then drops as unused:
 * let through here, refused below where it is still in the bundle.
 */
const checkedAfterBundling = {
  'array-spread': true,
  class: true,
  'default-argument': true,
  destructuring: true,
  'for-of': true,
  generator: true,
};

/** Syntax that parses as ES2017 and that runtime 2.0 does not list. */
const refusedNodes = new Set([
  'ArrayPattern',
  'AssignmentPattern',
  'ClassDeclaration',
  'ClassExpression',
  'ForOfStatement',
  'MetaProperty',
  'ObjectPattern',
  'SpreadElement',
  'Super',
  'TaggedTemplateExpression',
  'WithStatement',
  'YieldExpression',
]);

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

const refusal = (node: Node): string | undefined => {
  if (refusedNodes.has(node.type)) return node.type;
  const flags = node as Node & Record<string, unknown>;
  if (flags.generator === true) return 'generator';
  if (node.type === 'ArrowFunctionExpression' && flags.async === true) return 'async closure';
  if (node.type === 'Property') {
    if (flags.shorthand === true || flags.method === true) return 'shorthand property';
    if (flags.computed === true) return 'computed property';
  }
  return undefined;
};

/**
 * The places of `script` that runtime 2.0 may not run, each as `what at offset`.
 * @throws SyntaxError when the script is not ES2017 at all.
 */
export const findEdgeSyntaxFaults = (script: string): string[] => {
  const faults: string[] = [];
  const queue: Node[] = [parse(script, { ecmaVersion: 2017, sourceType: 'script' })];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const refused = refusal(node);
    if (refused !== undefined) faults.push(`${refused} at ${node.start}`);
    for (const child of Object.values(node).flat()) if (isNode(child)) queue.push(child);
  }
  return faults;
};

/** @throws Error when the script is too large or uses what runtime 2.0 does not have. */
export const checkEdgeScript = (entry: string, script: string): void => {
  const bytes = Buffer.byteLength(script);
  if (bytes > edgeScriptLimitBytes) {
    throw new Error(`${entry}: ${bytes} bytes bundled, CloudFront takes ${edgeScriptLimitBytes}`);
  }
  const faults = findEdgeSyntaxFaults(script);
  if (faults.length > 0) {
    throw new Error(`${entry}: not in CloudFront's runtime 2.0: ${faults.join(', ')}`);
  }
};

/** One classic script with a global `handler`, from the module at `entry` (checked). */
export const bundleEdgeScript = (entry: string): string => {
  resolveEntry(entry);
  const { outputFiles } = buildSync({
    // An assignment instead of an export: esbuild's export helper is larger and not ES5.1.
    stdin: {
      contents: `import { handler } from './${entry}'; hop = handler;`,
      resolveDir: projectRoot,
      sourcefile: 'edge-script.js',
    },
    absWorkingDir: projectRoot,
    bundle: true,
    write: false,
    platform: 'neutral',
    target: 'es5',
    supported: { ...supportedByRuntime, ...checkedAfterBundling },
    format: 'iife',
    banner: { js: 'var hop;' },
    footer: { js: 'function handler(event){return hop(event)}' },
    minify: true,
    legalComments: 'none',
    charset: 'ascii',
    logLevel: 'error',
  });
  const script = outputFiles[0]?.text ?? '';
  checkEdgeScript(entry, script);
  return script;
};
