import { createHash, createHmac } from 'node:crypto';
import querystring from 'node:querystring';
import { createContext, runInContext, Script } from 'node:vm';
import type { Clock } from '../../functions/kernel/clock.ts';
import { countSteps, stepName } from './budget.ts';
import { bootstrapSource, runtimeGlobals, runtimeMethods } from './runtime.ts';

/** The result of one run; `error` where it threw, took too long or gave nothing usable. */
export type FunctionResult = { value: unknown } | { error: string };

export interface EdgeFunction {
  run(event: unknown): FunctionResult;
}

const maxCodeBytes = 10_240;
// CloudFront stops a function after about a millisecond of its own measure.
const maxSteps = 100_000;
const maxCompileMs = 1_000;

const modules = {
  crypto: { createHash, createHmac },
  querystring,
  buffer: { Buffer },
};

/** Compiles the code once, in a context of its own. Throws where CloudFront would refuse the code. */
export const compileFunction = (
  name: string,
  code: string,
  options: { clock: Clock; log: (line: string) => void },
): EdgeFunction => {
  const bytes = Buffer.byteLength(code);
  if (bytes > maxCodeBytes) {
    throw new Error(`CloudFront function ${name}: ${bytes} bytes of code, ${maxCodeBytes} allowed`);
  }
  const context = createContext(Object.create(null), {
    name,
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: 'afterEvaluate',
  });
  let input = '';
  let output: FunctionResult = { error: '' };
  let steps = 0;
  // Called again after a catch it throws again, and a function that caught it last fails below.
  const checkSteps = (): void => {
    if (steps > maxSteps) throw new RangeError('the function used more than its compute time');
  };
  const install = runInContext(bootstrapSource, context) as (host: object) => void;
  install({
    globals: runtimeGlobals,
    methods: Object.entries(runtimeMethods).map(([path, names]) => [path, names.split(/\s+/)]),
    provided: Object.entries({ atob, btoa, Buffer, TextDecoder, TextEncoder }),
    modules: Object.assign(Object.create(null), modules),
    step: [
      stepName,
      () => {
        steps++;
        checkSteps();
      },
    ],
    log: (message: string) => options.log(`${name}: ${message}`),
    now: () => options.clock.now(),
    input: () => input,
    done: (text: string | undefined) => {
      output = { value: text === undefined ? undefined : JSON.parse(text) };
    },
    fail: (error: string) => {
      output = { error };
    },
  });
  new Script(`'use strict';${countSteps(code)}`, { filename: name }).runInContext(context, {
    timeout: maxCompileMs,
  });
  if (runInContext('typeof handler', context) !== 'function') {
    throw new Error(`CloudFront function ${name}: there is no global function handler`);
  }
  const script = new Script(`globalThis[Symbol.for('hopgate.run')](handler)`);
  return {
    run: (event) => {
      input = JSON.stringify(event);
      output = { error: 'the promise was never settled' };
      steps = 0;
      try {
        script.runInContext(context);
        checkSteps();
      } catch (error) {
        output = { error: String(error) };
      }
      if ('error' in output) options.log(`${name}: ${output.error}`);
      return output;
    },
  };
};
