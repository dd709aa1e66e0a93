import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpPolicy } from '../call-limit-routes.ts';

describe('POST /v1/limits/check', () => {
  const batch = (checks: unknown) => ({ body: { checks } });

  it('answers each check in its place, and one fault spoils no other', async () => {
    const { call } = await setUpPolicy({ limit: 2, windowSeconds: 60 });
    const { status, body } = await call(
      'POST',
      '/v1/limits/check',
      batch([
        { policy: 'login', key: 'ada' },
        { policy: 'none', key: 'ada' },
        { policy: 'login', key: 'ada', cost: 3 },
        { policy: 'login', key: '' },
        'what',
        { policy: 'login', key: 'ada', requestId: 'r' },
        { policy: 'login', key: 'ada' },
        { policy: 'login', key: 'bob' },
      ]),
    );
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { allowed: true, remaining: 1 },
      { error: { status: 404, code: 'not-found' } },
      { error: { status: 422, code: 'validation-failed', errors: [{ field: 'cost' }] } },
      { error: { status: 422, errors: [{ field: 'key' }] } },
      { error: { status: 422, errors: [{ field: 'check' }] } },
      { allowed: true, remaining: 0, requestId: 'r' },
      { allowed: false },
      { allowed: true, remaining: 1 },
    ]);
    expect(body.results[1].error.detail).toContain('no policy "none"');
  });

  it('is charged as one request', async () => {
    const { apiLimiter, call } = await setUpPolicy();
    apiLimiter.takeForKey.mockClear();
    await call(
      'POST',
      '/v1/limits/check',
      batch([
        { policy: 'login', key: 'a' },
        { policy: 'login', key: 'b' },
      ]),
    );
    expect(apiLimiter.takeForKey).toHaveBeenCalledTimes(1);
  });

  it.each([
    [[]],
    [Array.from({ length: 21 }, () => ({ policy: 'login', key: 'a' }))],
    ['x'],
    [null],
  ])('refuses other than 1 to 20 checks', async (checks) => {
    const { call } = await setUpPolicy();
    const answer = await call('POST', '/v1/limits/check', batch(checks));
    expect([answer.status, fieldsOf(answer.body)]).toEqual([422, ['checks']]);
  });
});
