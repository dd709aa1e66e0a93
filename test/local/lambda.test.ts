import { afterEach, describe, expect, it } from 'vitest';
import { createCallLog } from '../../local/aws-gateway/calls.ts';
import { type FunctionSpec, type Lambda, startLambda } from '../../local/lambda.ts';
import { writeAssembly, writeAsset } from './assembly-fixture.ts';

const running: Lambda[] = [];
afterEach(async () => {
  for (const lambda of running.splice(0)) await lambda.stop();
});

let assets = 0;
const start = (code: string, changes: Partial<FunctionSpec> = {}, maxWorkers = 2) => {
  const log: string[] = [];
  const calls = createCallLog();
  const spec: FunctionSpec = {
    id: 'Fn',
    name: 'Main-Fn',
    arn: 'arn:aws:lambda:eu-central-1:000000000000:function:Main-Fn',
    roleArn: 'arn:aws:iam::000000000000:role/Main-Role',
    directory: writeAsset(writeAssembly({}), `code${assets++}`, code),
    handler: 'index.handler',
    environment: { GREETING: 'hello' },
    timeoutSeconds: 20,
    memoryMb: 128,
    ...changes,
  };
  const lambda = startLambda({
    functions: [spec],
    endpoint: 'http://127.0.0.1:4566',
    calls,
    log: (_, line) => log.push(line),
    maxWorkers,
  });
  running.push(lambda);
  return { lambda, calls, log, invoke: (event: unknown = {}) => lambda.invoke('Main-Fn', event) };
};
const echo = 'export const handler = async (event) => event;';

describe('startLambda', () => {
  it.each([
    'Main-Fn',
    'Main-Fn:live',
    'arn:aws:lambda:eu-central-1:000000000000:function:Main-Fn',
    'arn:aws:lambda:eu-central-1:000000000000:function:Main-Fn:live',
  ])('finds the function as %s', async (target) => {
    const { lambda } = start(echo);
    expect(await lambda.invoke(target, { a: 1 })).toEqual({ ok: true, payload: { a: 1 } });
    await expect(lambda.invoke('Other', {})).rejects.toThrow(/Other/);
  });

  it('passes JSON, as Lambda does', async () => {
    const { invoke } = start('export const handler = (event) => ({ ...event, at: new Date(0) });');
    expect(await invoke({ a: undefined, b: 1 })).toEqual({
      ok: true,
      payload: { b: 1, at: '1970-01-01T00:00:00.000Z' },
    });
    expect(await start('export const handler = async () => {};').invoke()).toEqual({
      ok: true,
      payload: null,
    });
  });

  it("gives the function the template's environment and nothing of this process", async () => {
    process.env.HOPGATE_TEST_LEAK = 'leaked';
    const { invoke } = start('export const handler = async () => process.env;');
    const outcome = await invoke();
    delete process.env.HOPGATE_TEST_LEAK;
    const { payload } = outcome as { payload: Record<string, string> };
    expect(payload).toMatchObject({
      GREETING: 'hello',
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_LAMBDA_FUNCTION_NAME: 'Main-Fn',
      AWS_ACCESS_KEY_ID: 'Fn.1',
    });
    const others = Object.keys(payload).filter((name) => !/^(AWS_\w+|GREETING|TZ)$/.test(name));
    expect(others).toEqual([]);
  });

  it('tells the function about its invocation', async () => {
    const { invoke } = start(
      `export const handler = async (_, context) =>
         ({ ...context, remaining: context.getRemainingTimeInMillis() });`,
    );
    const { payload } = (await invoke()) as { payload: Record<string, unknown> };
    expect(payload).toMatchObject({
      functionName: 'Main-Fn',
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(payload.remaining).toBeGreaterThan(1000);
    expect(payload.remaining).toBeLessThanOrEqual(20_000);
  });

  it('keeps module state in a worker and runs one invocation at a time in it', async () => {
    const { invoke } = start(
      `let running = 0, most = 0, seen = 0;
       export const handler = async () => {
         most = Math.max(most, ++running);
         await new Promise((resolve) => setTimeout(resolve, 5));
         running--;
         return { most, seen: ++seen, key: process.env.AWS_ACCESS_KEY_ID };
       };`,
    );
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => invoke()));
    const payloads = outcomes.map(
      (outcome) => (outcome as { payload: Record<string, unknown> }).payload,
    );
    expect(new Set(payloads.map(({ most }) => most))).toEqual(new Set([1]));
    expect(new Set(payloads.map(({ key }) => key))).toEqual(new Set(['Fn.1', 'Fn.2']));
    expect(Math.max(...payloads.map(({ seen }) => Number(seen)))).toBeGreaterThanOrEqual(6);
  });

  it('throttles what is more than the concurrency that the function reserves', async () => {
    const { invoke } = start(echo, { reservedConcurrency: 1 });
    const [first, second] = await Promise.all([invoke(1), invoke(2)]);
    expect(first).toEqual({ ok: true, payload: 1 });
    expect(second).toMatchObject({ ok: false, errorType: 'TooManyRequestsException' });
    expect(await invoke(3)).toEqual({ ok: true, payload: 3 });
  });

  it('reports an error that the function throws, and goes on with the worker', async () => {
    const { invoke, log, calls } = start(
      `export const handler = async ({ fail }) => {
         if (fail) throw new TypeError('no such thing');
         return process.env.AWS_ACCESS_KEY_ID;
       };`,
    );
    expect(await invoke({ fail: true })).toEqual({
      ok: false,
      errorType: 'TypeError',
      errorMessage: 'no such thing',
    });
    expect(await invoke()).toEqual({ ok: true, payload: 'Fn.1' });
    expect(log.join('\n')).toContain('no such thing');
    expect(calls.of('Fn')).toMatchObject({ invocations: 2, errors: 1 });
  });

  it('ends a function at its timeout and starts the next one afresh', async () => {
    const { invoke } = start(
      `export const handler = async ({ hang }) => {
         if (hang) for (;;);
         return process.env.AWS_ACCESS_KEY_ID;
       };`,
      { timeoutSeconds: 0.2 },
    );
    expect(await invoke({ hang: true })).toEqual({
      ok: false,
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(
        /^RequestId: .* Error: Task timed out after 0\.20 seconds$/,
      ),
    });
    expect(await invoke()).toEqual({ ok: true, payload: 'Fn.2' });
  });

  it.each([
    ['that exits', 'process.exit(7)', 'Runtime.ExitError'],
    [
      'with an error that nobody catches',
      'setTimeout(() => { throw new Error("late"); }); await new Promise(() => {})',
      'Runtime.ExitError',
    ],
    [
      'that uses up its memory',
      'const all = []; for (;;) all.push(new Array(1e5).fill({}))',
      'Runtime.OutOfMemory',
    ],
  ])('survives a function %s', async (_, body, errorType) => {
    const { invoke } = start(
      `export const handler = async ({ crash }) => { if (crash) { ${body}; } return 'fine'; };`,
    );
    expect(await invoke({ crash: true })).toMatchObject({ ok: false, errorType });
    expect(await invoke()).toEqual({ ok: true, payload: 'fine' });
  });

  it.each([
    ['an error at import', "throw new RangeError('bad start');", 'index.handler', 'RangeError'],
    ['no such export', echo, 'index.other', 'Runtime.HandlerNotFound'],
    ['no such file', echo, 'other.handler', 'Runtime.ImportModuleError'],
  ])('reports %s', async (_, code, handler, errorType) => {
    const { invoke } = start(code, { handler });
    expect(await invoke()).toMatchObject({ ok: false, errorType });
    expect(await invoke()).toMatchObject({ ok: false, errorType });
  });

  it('refuses an answer above six megabytes', async () => {
    const { invoke } = start("export const handler = async () => 'x'.repeat(6_291_600);");
    expect(await invoke()).toMatchObject({ errorType: 'Function.ResponseSizeTooLarge' });
  });

  it('writes what functions print to the log, not to the terminal', async () => {
    const { invoke, log } = start(
      "export const handler = async () => { console.log('one\\ntwo'); console.error('three'); };",
    );
    await invoke();
    await expect.poll(() => [...log].sort()).toEqual(['one', 'three', 'two']);
  });

  it('knows for which route a worker makes a call, and can kill it in the middle', async () => {
    const { lambda, invoke } = start(
      'export const handler = () => new Promise(() => setInterval(() => {}, 1000));',
    );
    const outcome = invoke({ routeKey: 'GET /v1/links' });
    await Promise.resolve();
    const caller = lambda.caller('Fn.1');
    expect(caller).toMatchObject({ function: 'Fn', route: 'GET /v1/links' });
    expect(lambda.caller('Fn.9')).toBeUndefined();
    await caller?.kill();
    expect(await outcome).toMatchObject({ ok: false, errorType: 'Runtime.ExitError' });
    expect(lambda.caller('Fn.1')).toBeUndefined();
  });

  it('is idle once no invocation runs or waits', async () => {
    const { lambda, invoke } = start(echo, {}, 1);
    await lambda.idle();
    let ended = 0;
    for (let n = 0; n < 3; n++) invoke(n).then(() => ended++);
    await lambda.idle();
    expect(ended).toBe(3);
  });
});
