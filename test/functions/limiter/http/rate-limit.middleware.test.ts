import { describe, expect, it } from 'vitest';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import type { LimitStore } from '../../../../functions/limiter/stores/limit-store.ts';
import { burst, eventFrom, memoryLimiter, minute, type Options, serve } from './limited-handler.ts';

const downStore = new Proxy({} as LimitStore, {
  get: () => async () => {
    throw new Error('down');
  },
});

describe('rateLimit', () => {
  it('puts the headers of all limits on the answer, whose own overrule them', async () => {
    const policy = definePolicy({ name: 'two', limits: [minute(9), burst(5)] });
    const answer = await serve({ policy }, () => ({
      statusCode: 201,
      headers: { etag: 'x', 'x-ratelimit-limit': 'mine' },
    }))();
    expect(answer).toEqual({
      statusCode: 201,
      headers: {
        etag: 'x',
        'ratelimit-policy': '"minute";q=9;w=60, "burst";q=5',
        ratelimit: '"minute";r=8;t=60, "burst";r=4;t=1',
        'x-ratelimit-limit': 'mine',
        'x-ratelimit-remaining': '8',
        'x-ratelimit-reset': '60',
      },
    });
  });

  it('answers a refused request with 429 and the registered problem, and no handler runs', async () => {
    let runs = 0;
    const call = serve({}, () => {
      runs += 1;
      return { statusCode: 200 };
    });
    await call();
    await call();
    const refused = await call();
    expect(runs).toBe(2);
    expect(refused).toMatchObject({
      statusCode: 429,
      headers: {
        'retry-after': '60',
        'cache-control': 'no-store',
        'content-type': 'application/problem+json',
        'x-ratelimit-limit': '2',
        'x-ratelimit-remaining': '0',
      },
    });
    expect(JSON.parse(refused.body)).toEqual({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      title: 'Quota exceeded',
      status: 429,
      detail: 'Too many requests for the limit "minute" (2). Try again in 60 s.',
      'violated-policies': ['minute'],
    });
  });

  it('answers 503 where the policy fails closed and the store is down', async () => {
    const policy = definePolicy({ name: 'login', limits: [minute(2)], onFailure: 'closed' });
    const answer = await serve({ policy, limiter: memoryLimiter({ store: downStore }) })();
    expect(answer).toMatchObject({ statusCode: 503, headers: { 'retry-after': '1' } });
    expect(JSON.parse(answer.body)).toMatchObject({ type: 'about:blank', status: 503 });
  });

  it('charges the address by default, IPv6 by its /64, whatever headers say', async () => {
    const call = serve({});
    const forged = (sourceIp: string, forwarded: string) => ({
      ...eventFrom(sourceIp),
      headers: { 'x-forwarded-for': forwarded, forwarded: `for=${forwarded}` },
    });
    const statuses = [];
    for (const [index, ip] of ['2001:db8::1', '2001:db8::2', '2001:db8::3'].entries()) {
      statuses.push((await call(forged(ip, `203.0.113.${index}`))).statusCode);
    }
    expect(statuses).toEqual([200, 200, 429]);
    expect((await call(eventFrom('2001:db8:0:1::1'))).statusCode).toBe(200);
  });

  it('reads the address of a REST API event', async () => {
    const call = serve({});
    const rest = (sourceIp: string) =>
      ({ requestContext: { requestId: 'r', identity: { sourceIp } } }) as never;
    await call(rest('192.0.2.1'));
    await call(rest('192.0.2.1'));
    expect((await call(rest('192.0.2.1'))).statusCode).toBe(429);
    expect((await call(rest('192.0.2.2'))).statusCode).toBe(200);
  });

  it('takes policy, key, cost and wider subjects from the event', async () => {
    const team = definePolicy({ name: 'team', limits: [minute(3)] });
    const wide = definePolicy({ name: 'wide', limits: [minute(10)] });
    const call = serve({
      policy: () => wide,
      key: ({ requestContext }) => requestContext.http.sourceIp,
      cost: () => 2,
      within: () => [{ policy: team, key: 'red' }],
    });
    expect((await call(eventFrom('192.0.2.1'))).headers.ratelimit).toBe(
      '"team-minute";r=1;t=60, "wide-minute";r=8;t=60',
    );
    expect((await call(eventFrom('192.0.2.2'))).statusCode).toBe(429);
  });

  it('charges each try of a client, and one id once where it is told what names a request', async () => {
    const tries = async (options: Partial<Options>) => {
      const call = serve(options);
      const answers = [];
      for (let index = 0; index < 3; index++) answers.push(await call());
      return answers.map(({ statusCode }) => statusCode);
    };
    expect(await tries({})).toEqual([200, 200, 429]);
    expect(await tries({ requestId: () => 'one' })).toEqual([200, 200, 200]);
  });

  it("names a refundable charge by API Gateway's request id", async () => {
    const limiter = memoryLimiter();
    const policy = definePolicy({ name: 'login', limits: [minute(2)], refundable: true });
    await serve({ limiter, policy, key: () => 'k' })(eventFrom('192.0.2.7', 'this-request'));
    expect(await limiter.refund(policy, 'k', { requestId: 'this-request' })).toBe('settled');
  });

  it('writes the older format where it is asked for', async () => {
    const { headers } = await serve({ format: 'draft-07' })();
    expect(headers.ratelimit).toBe('limit=2, remaining=1, reset=60');
  });
});
