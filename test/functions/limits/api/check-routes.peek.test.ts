import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpPolicy } from '../call-limit-routes.ts';

const path = '/v1/limits/login/check';

describe('GET and DELETE /v1/limits/{policy}/check', () => {
  it('peeks and charges nothing', async () => {
    const { call, check } = await setUpPolicy();
    await check({ cost: 3 });
    const peek = (query: Record<string, string>) => call('GET', path, { query });
    for (let n = 0; n < 2; n++) {
      const fits = await peek({ key: 'ada', cost: '2' });
      expect(fits.body).toMatchObject({ allowed: true, remaining: 2 });
    }
    expect((await peek({ key: 'ada', cost: '3' })).body).toMatchObject({ allowed: false });
    expect((await peek({ key: 'new' })).body).toMatchObject({ allowed: true, remaining: 5 });
  });

  it.each<[Record<string, string>, string[]]>([
    [{}, ['key']],
    [{ key: '' }, ['key']],
    [{ key: 'a', cost: '-1' }, ['cost']],
    [{ key: 'a', cost: '0.5' }, ['cost']],
    [{ key: 'a', cost: 'one' }, ['cost']],
    [{ key: 'a', cost: '6' }, ['cost']],
    [{ key: 'a', costs: '1' }, ['costs']],
  ])('refuses the query %j', async (query, fields) => {
    const { call } = await setUpPolicy();
    const answer = await call('GET', path, { query });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer.body)).toEqual(fields);
  });

  it('resets a key at once', async () => {
    const { call, check, setDown } = await setUpPolicy({ limit: 1, windowSeconds: 60 });
    await check({});
    expect((await check({})).body.allowed).toBe(false);
    const reset = await call('DELETE', path, { query: { key: 'ada' } });
    expect([reset.status, reset.body]).toEqual([200, { status: 'settled' }]);
    expect((await check({})).body.allowed).toBe(true);
    expect(fieldsOf((await call('DELETE', path)).body)).toEqual(['key']);
    setDown(true);
    const failed = await call('DELETE', path, { query: { key: 'ada' } });
    expect(failed.status).toBe(503);
    expect(failed.headers['retry-after']).toBe('2');
  });
});
