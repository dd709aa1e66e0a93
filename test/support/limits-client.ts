import type { ApiClient } from './api-client.ts';

/** A day's window: nothing flows back while a test runs. */
export const day = { algorithm: 'fixed-window', windowSeconds: 86_400 };

/** Calls `/v1/limits` as a workspace's services do. */
export const limitsClient = ({ call }: ApiClient) => {
  const put = (name: string, body: object) => call(`/v1/limits/${name}`, { method: 'PUT', body });
  const post = (path: string, body: unknown) =>
    call(`/v1/limits/${path}`, { method: 'POST', body });
  const drop = (path: string) => call(`/v1/limits/${path}`, { method: 'DELETE' });
  const check = (name: string, body: object = {}) => post(`${name}/check`, { key: 'ada', ...body });

  /** Reads until the table answers: a breaker that is open lets one call try every 2 s. */
  const awaitTable = async (name: string): Promise<number> => {
    const startedAt = performance.now();
    for (;;) {
      const { json } = await call(`/v1/limits/${name}/check?key=nobody&cost=0`);
      const waitedMs = performance.now() - startedAt;
      if (json.reason === 'allowed') return waitedMs;
      if (waitedMs > 20_000) throw new Error(`still ${json.reason}`);
    }
  };

  /** Checks until the table answered: a busy machine may need more than the limiter's 50 ms. */
  const settled = async (name: string, body: object = {}) => {
    for (let tried = 0; tried < 20; tried++) {
      await awaitTable(name);
      const answer = await check(name, body);
      if (!/^failed-/.test(answer.json.reason)) return answer;
    }
    throw new Error(`the table of ${name} did not answer 20 times`);
  };

  return { call, put, post, drop, check, awaitTable, settled };
};

export type LimitsClient = ReturnType<typeof limitsClient>;
