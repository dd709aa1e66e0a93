import { describe, expect, it } from 'vitest';
import { formatViewer } from '../../../functions/edge/viewer.ts';
import { post, setUpApi } from './example-api.ts';

describe('createApiHandler', () => {
  it('runs a route with its validated body and puts the limiter headers on the answer', async () => {
    const { call } = setUpApi();
    const answer = await call(post('{"url":"https://example.com"}'));
    expect(answer.statusCode).toBe(201);
    expect(answer.json).toEqual({ url: 'https://example.com' });
    expect(answer.headers).toMatchObject({
      'ratelimit-policy': '"hour";q=1000;w=3600',
      'cache-control': 'no-store',
      'x-request-id': 'gateway-request-id',
    });
  });

  it('answers an unforeseen fault with an opaque 500', async () => {
    const { statusCode, body } = await setUpApi().call({ path: '/broken' });
    expect(statusCode).toBe(500);
    expect(body).not.toContain('secret table name');
  });

  it('answers what passes by itself with 503 and when to try again', async () => {
    const { statusCode, headers, json } = await setUpApi().call({ path: '/throttled' });
    expect(statusCode).toBe(503);
    expect(headers?.['retry-after']).toBe('2');
    expect(json.code).toBe('unavailable');
  });

  it('believes the packed viewer header and charges an anonymous caller by that address', async () => {
    const { call, limiter } = setUpApi();
    const viewer = formatViewer({
      host: 'go.example.com',
      path: '/health',
      requestId: 'edge-id',
      ip: '203.0.113.9',
      seenAt: 1,
    });
    const answer = await call({
      path: '/health',
      headers: { 'x-hop-viewer': viewer, authorization: '' },
    });
    expect(answer.json).toEqual({ host: 'go.example.com', clientIp: '203.0.113.9' });
    expect(limiter.takeForIp).toHaveBeenCalledWith('203.0.113.9', 'edge-id');
    expect(limiter.takeForKey).not.toHaveBeenCalled();
  });

  it('charges the limit that the route names, as API Gateway chose it', async () => {
    const { call, limiter } = setUpApi();
    const path = '/v1/limits/login/check';
    await call({ method: 'POST', path }, 'POST /v1/limits/{policy}/check');
    const id = 'gateway-request-id';
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', id, { policy: 'checks' });
    await call(post('{"url":"https://example.com"}'), 'POST /v1/links');
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', id, { policy: 'requests' });
    await call({ path: '/v1/no' }, 'ANY /v1/{proxy+}');
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', id, { policy: 'requests' });
  });

  it('charges a key by its own limits where it has some', async () => {
    const limits = { requests: { limitPerHour: 5 } };
    const { call, limiter } = setUpApi({ limits });
    await call({ path: '/v1/no' }, 'ANY /v1/{proxy+}');
    const expected = { policy: 'requests', limits };
    expect(limiter.takeForKey).toHaveBeenLastCalledWith('k', 'gateway-request-id', expected);
  });

  it('accepts the previous origin secret while the lock rotates', async () => {
    const answer = await setUpApi().call({
      path: '/health',
      headers: { 'x-hop-origin': 'previous' },
    });
    expect(answer.statusCode).toBe(200);
  });

  it('charges a failed authentication and refuses it with 429 when the address is out of quota', async () => {
    const { call } = setUpApi({ allowed: false });
    const answer = await call({ path: '/v1/links/a', headers: { authorization: 'Bearer bad' } });
    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({ 'retry-after': '12' });
    expect(answer.json).toMatchObject({
      type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
      'violated-policies': ['hour'],
    });
  });
});
