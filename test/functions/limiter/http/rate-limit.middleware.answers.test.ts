import type { MiddlewareObj } from '@middy/core';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../functions/kernel/errors.ts';
import { definePolicy, type LimitInput } from '../../../../functions/limiter/policy.ts';
import { burst, eventFrom, memoryLimiter, serve } from './limited-handler.ts';

describe('rateLimit, answers that are no response', () => {
  it('makes the response that payload 2.0 would make, with the headers', async () => {
    const event = { ...eventFrom('192.0.2.7'), version: '2.0' };
    const fromObject = await serve({}, () => ({ id: 1 }))(event);
    expect(fromObject).toMatchObject({ statusCode: 200, body: '{"id":1}' });
    expect(fromObject.headers).toMatchObject({
      'content-type': 'application/json',
      'x-ratelimit-remaining': '1',
    });
    expect(await serve({}, () => 'plain')(event)).toMatchObject({ body: 'plain' });
  });

  it('leaves them alone where API Gateway would refuse them', async () => {
    const event = { ...eventFrom('192.0.2.7'), version: '1.0' };
    expect(await serve({}, () => ({ id: 1 }))(event)).toEqual({ id: 1 });
    expect(await serve({}, () => undefined)()).toBeUndefined();
  });
});

describe('rateLimit, errors', () => {
  const answers: MiddlewareObj = {
    onError: (request) => {
      const { headers } = request.error as { headers?: Record<string, string> };
      request.response = { statusCode: 418, headers: { ...headers, own: 'yes' } };
    },
  };
  const fail = () => {
    throw new AppError('conflict', 'no', { headers: { etag: 'x' } });
  };

  it('puts the headers on the answer of an error middleware attached after it', async () => {
    const answer = await serve({}, fail, { inner: answers })();
    expect(answer).toMatchObject({
      statusCode: 418,
      headers: { own: 'yes', 'x-ratelimit-remaining': '1' },
    });
  });

  it('hands the headers on by the error to one attached before it', async () => {
    const answer = await serve({}, fail, { outer: answers })();
    expect(answer).toMatchObject({
      statusCode: 418,
      headers: { own: 'yes', etag: 'x', 'x-ratelimit-remaining': '1' },
    });
  });

  it('lets an error through that nobody answers', async () => {
    await expect(serve({}, fail)()).rejects.toThrow('no');
  });

  it('adds nothing to errors from before the limit was asked', async () => {
    const key = () => {
      throw new Error('no key');
    };
    const answer = await serve({ key }, undefined, { outer: answers })();
    expect(answer).toEqual({ statusCode: 418, headers: { own: 'yes' } });
  });
});

describe('rateLimit, concurrency and delays', () => {
  const policy = definePolicy({
    name: 'export',
    limits: [{ name: 'running', algorithm: 'concurrency', limit: 1, leaseSeconds: 60 }],
  });

  it('holds a lease while the handler runs, and no longer', async () => {
    const limiter = memoryLimiter();
    const second = serve({ limiter, policy });
    let during: { statusCode: number } | undefined;
    const first = serve({ limiter, policy }, async () => {
      during = await second(eventFrom('192.0.2.7', 'second'));
      return { statusCode: 200 };
    });
    expect((await first(eventFrom('192.0.2.7', 'first'))).statusCode).toBe(200);
    expect(during?.statusCode).toBe(429);
    expect((await second(eventFrom('192.0.2.7', 'third'))).statusCode).toBe(200);
  });

  it('ends the lease of a request that fails', async () => {
    const limiter = memoryLimiter();
    const fail = serve({ limiter, policy }, () => {
      throw new Error('failed');
    });
    await expect(fail(eventFrom('192.0.2.7', 'first'))).rejects.toThrow('failed');
    expect((await serve({ limiter, policy })(eventFrom('192.0.2.7', 'next'))).statusCode).toBe(200);
  });

  it('lets a request wait for its turn in a leaky bucket', async () => {
    const waits: number[] = [];
    const call = serve({
      policy: definePolicy({
        name: 'shaped',
        limits: [{ ...burst(3), algorithm: 'leaky-bucket' } as LimitInput],
      }),
      delay: async (ms) => waits.push(ms),
    });
    await call();
    await call();
    expect(waits).toEqual([1000]);
  });
});
