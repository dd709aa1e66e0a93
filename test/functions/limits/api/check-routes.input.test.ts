import { describe, expect, it } from 'vitest';
import { fieldsOf, setUpPolicy } from '../call-limit-routes.ts';

describe('POST /v1/limits/{policy}/check', () => {
  it.each<[string, unknown, string[]]>([
    ['no key', {}, ['key']],
    ['an empty key', { key: '' }, ['key']],
    ['a key of 10 KB', { key: 'x'.repeat(10_240) }, ['key']],
    ['a key of 1,025 bytes', { key: `${'ü'.repeat(512)}x` }, ['key']],
    ['a key that is a number', { key: 7 }, ['key']],
    ['a null byte', { key: 'a\u0000b' }, ['key']],
    ['a line break', { key: 'a\nb' }, ['key']],
    ['half a character', { key: '\ud800' }, ['key']],
    ['a negative cost', { key: 'a', cost: -1 }, ['cost']],
    ['half a unit', { key: 'a', cost: 0.5 }, ['cost']],
    ['more than the burst', { key: 'a', cost: 6 }, ['cost']],
    ['a cost as text', { key: 'a', cost: '1' }, ['cost']],
    ['no cost', { key: 'a', cost: null }, ['cost']],
    ['endless cost', '{"key":"a","cost":1e999}', ['cost']],
    ['a requestId of 256 bytes', { key: 'a', requestId: 'x'.repeat(256) }, ['requestId']],
    ['an empty requestId', { key: 'a', requestId: '' }, ['requestId']],
    [
      'five levels',
      { key: 'a', within: Array.from({ length: 5 }, () => ({ policy: 'login', key: 'b' })) },
      ['within'],
    ],
    ['a level without a key', { key: 'a', within: [{ policy: 'login' }] }, ['within[0].key']],
    ['an unknown field', { key: 'a', amount: 1 }, ['amount']],
    ['a list', [], ['body']],
  ])('refuses %s by its name', async (_, body, fields) => {
    const { call, limits } = await setUpPolicy();
    const answer = await call('POST', '/v1/limits/login/check', { body });
    expect(answer.status).toBe(422);
    expect(fieldsOf(answer.body)).toEqual(fields);
    expect(limits.take).not.toHaveBeenCalled();
  });

  it('knows a key of 1,024 bytes', async () => {
    const { check } = await setUpPolicy({ limit: 1, windowSeconds: 60 });
    const key = `${'x'.repeat(1023)}y`;
    expect((await check({ key })).body.allowed).toBe(true);
    expect((await check({ key })).body.allowed).toBe(false);
    expect((await check({ key: `${'x'.repeat(1023)}z` })).body.allowed).toBe(true);
  });

  it.each(['none', 'Login', 'x'.repeat(200), '%00'])(
    'answers 404 for the policy %s',
    async (name) => {
      const { check } = await setUpPolicy();
      const answer = await check({}, name);
      expect(answer.status).toBe(404);
      expect(answer.body.detail).toContain('PUT /v1/limits/{policy}');
    },
  );

  it('answers 404 for an unknown wider policy, and charges nothing', async () => {
    const { check } = await setUpPolicy();
    expect((await check({ within: [{ policy: 'none', key: 'a' }] })).status).toBe(404);
    expect((await check({ cost: 0 })).body.remaining).toBe(5);
  });
});
