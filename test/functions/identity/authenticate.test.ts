import { describe, expect, it, vi } from 'vitest';
import { createAuthenticator } from '../../../functions/identity/authenticate.ts';
import { createApiKey } from '../../../functions/identity/create-api-key.ts';
import { memoryKeyStore } from '../../../functions/identity/memory-key-store.ts';
import { manualClock } from '../../support/manual-clock.ts';

const setUp = async (expiresInMs?: number) => {
  const clock = manualClock();
  const store = memoryKeyStore();
  const { id, token } = await createApiKey(
    { store, clock },
    {
      stage: 'dev',
      workspace: 'acme',
      name: 'test',
      scopes: ['links:read'],
      ...(expiresInMs !== undefined && { expiresAt: clock.now() + expiresInMs }),
    },
  );
  const get = vi.spyOn(store, 'get');
  const authenticate = createAuthenticator({ store, stage: 'dev', clock });
  const withToken = (value: string) =>
    authenticate({ authorization: `Bearer ${value}` }, '192.0.2.1');
  return { clock, store, id, token, get, authenticate, withToken };
};

describe('createAuthenticator', () => {
  it('knows the owner of a key, by either header', async () => {
    const { authenticate, withToken, token, id } = await setUp();
    const principal = { workspace: 'acme', keyId: id, actor: `key:${id}`, scopes: ['links:read'] };
    expect(await withToken(token)).toEqual({ kind: 'authenticated', principal });
    expect(await authenticate({ 'x-api-key': token }, '')).toEqual({
      kind: 'authenticated',
      principal,
    });
  });

  it('stores no secret', async () => {
    const { store, id, token } = await setUp();
    const secret = token.split('_')[3] ?? 'none';
    expect(JSON.stringify(await store.get(id))).not.toContain(secret);
  });

  it.each([
    ['no header', {}],
    ['another scheme', { authorization: 'Basic aGVsbG8=' }],
    ['two headers joined', { authorization: 'Bearer hg_dev_a,Bearer hg_dev_b' }],
    ['a null byte', { 'x-api-key': 'hg_dev_\u0000' }],
    ['ten thousand characters', { 'x-api-key': 'hg_'.repeat(3334) }],
  ])('leaves %s anonymous without a look-up', async (_, headers) => {
    const { authenticate, get } = await setUp();
    expect((await authenticate(headers, '')).kind).toBe('anonymous');
    expect(get).not.toHaveBeenCalled();
  });

  it("refuses a wrong secret, another stage's key and an unknown id with one answer", async () => {
    const { withToken, token } = await setUp();
    const wrong = token.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const answers = await Promise.all(
      [wrong, token.replace('_dev_', '_prod_'), `hg_dev_${'0'.repeat(16)}_${'0'.repeat(40)}`].map(
        withToken,
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.kind).toBe('anonymous');
  });

  it('refuses a key from the moment it expires', async () => {
    const { withToken, token, clock } = await setUp(1000);
    clock.advance(999);
    expect((await withToken(token)).kind).toBe('authenticated');
    clock.advance(1);
    expect((await withToken(token)).kind).toBe('anonymous');
  });

  it('reads a key once in 30 s and refuses a revoked one after that', async () => {
    const { withToken, token, clock, store, id, get } = await setUp();
    await withToken(token);
    await store.revoke(id, clock.now());
    clock.advance(29_999);
    expect((await withToken(token)).kind).toBe('authenticated');
    expect(get).toHaveBeenCalledTimes(1);
    clock.advance(1);
    expect((await withToken(token)).kind).toBe('anonymous');
  });

  it("knows a key's limits, and its workspace's where it has none, within 30 s", async () => {
    const { withToken, token, clock, store, id } = await setUp();
    const limitsOf = async () => {
      clock.advance(30_000);
      const identity = await withToken(token);
      return identity.kind === 'authenticated' ? identity.principal.limits : 'refused';
    };
    expect(await limitsOf()).toBeUndefined();
    await store.setWorkspaceLimits('acme', { requests: { limitPerHour: 9, burst: 3 } });
    expect(await limitsOf()).toEqual({ requests: { limitPerHour: 9, burst: 3 } });
    await store.setKeyLimits(id, { requests: { burst: 7 } });
    expect(await limitsOf()).toEqual({ requests: { limitPerHour: 9, burst: 7 }, checks: {} });
    await store.setWorkspaceLimits('acme', undefined);
    expect(await limitsOf()).toEqual({ requests: { burst: 7 }, checks: {} });
    await store.setKeyLimits(id, undefined);
    expect(await limitsOf()).toBeUndefined();
  });

  it("does not turn a valid key away because its workspace's limits cannot be read", async () => {
    const { withToken, token, store } = await setUp();
    store.getWorkspaceLimits = async () => {
      throw new Error('table gone');
    };
    expect(await withToken(token)).toMatchObject({ kind: 'authenticated' });
  });

  it('goes on with keys it has seen when the store is gone, and says 503 for others', async () => {
    const { withToken, token, clock, get } = await setUp();
    await withToken(token);
    get.mockRejectedValue(new Error('table gone'));
    clock.advance(60_000);
    expect((await withToken(token)).kind).toBe('authenticated');
    await expect(withToken(`hg_dev_${'1'.repeat(16)}_${'0'.repeat(40)}`)).rejects.toMatchObject({
      code: 'unavailable',
    });
    clock.advance(15 * 60_000);
    await expect(withToken(token)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
