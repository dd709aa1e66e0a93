import { createContext, Script } from 'node:vm';
import { bundleEdgeScript } from '../../../lib/constructs/edge-script.ts';

/** What every context has and CloudFront's runtime 2.0 does not list. */
const absent = [
  'Atomics',
  'BigInt',
  'FinalizationRegistry',
  'Function',
  'Intl',
  'Iterator',
  'Map',
  'Proxy',
  'Reflect',
  'Set',
  'SharedArrayBuffer',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'WebAssembly',
  'escape',
  'eval',
  'unescape',
];

/** The handler as it is deployed: bundled, in a world with the runtime's globals and no others. */
export const loadEdgeHandler = <E, R>(entry: string): ((event: E) => R) => {
  const context = createContext(
    { atob, btoa, console: { log: () => undefined } },
    { codeGeneration: { strings: false, wasm: false } },
  );
  new Script(absent.map((name) => `delete globalThis.${name};`).join('')).runInContext(context);
  new Script(bundleEdgeScript(entry)).runInContext(context);
  const call = new Script('JSON.stringify(handler(JSON.parse(input)))');
  return (event) => {
    context.input = JSON.stringify(event);
    return JSON.parse(call.runInContext(context)) as R;
  };
};
