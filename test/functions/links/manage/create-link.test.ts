import { describe, expect, it, vi } from 'vitest';
import type { CodeGenerator } from '../../../../functions/links/codes/code-generator.ts';
import { claimOf, idempotentCode } from '../../../../functions/links/codes/idempotency.ts';
import { randomCodeGenerator } from '../../../../functions/links/codes/random-code-generator.ts';
import { changeLink } from '../../../../functions/links/manage/change-link.ts';
import {
  type CreateRequest,
  createLink,
  type NewLink,
} from '../../../../functions/links/manage/create-link.ts';
import { deleteLink } from '../../../../functions/links/manage/delete-link.ts';
import { defaultLinkSettings } from '../../../../functions/links/settings.ts';
import { memoryLinkStore } from '../../../../functions/links/store/memory-link-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { exampleLink } from '../example-link.ts';

const codeKey = 'secret';
const dayMs = 86_400_000;

const setup = (generator: CodeGenerator = randomCodeGenerator()) => ({
  store: memoryLinkStore(),
  generator,
  clock: manualClock(),
  settings: defaultLinkSettings,
  codeKey,
});

const ask = (link: Partial<NewLink> = {}, changes: Partial<CreateRequest> = {}): CreateRequest => ({
  link: { url: 'https://example.org', status: 302, tags: [], ...link },
  workspace: 'acme',
  actor: 'key:k1',
  host: 'hop.example',
  ...changes,
});
const keyed = (link: Partial<NewLink> = {}, idempotencyKey = 'k') => ask(link, { idempotencyKey });

const madeBy = async (making: ReturnType<typeof createLink>) => {
  const result = await making;
  if (!('link' in result)) throw new Error(`not made: ${result.kind}`);
  return result.link;
};

/** Gives the same codes again and again, one after the other. */
const scripted = (...codes: string[]): CodeGenerator => ({
  next: vi.fn(async (_link, collisions) => codes[collisions] ?? `free-${collisions}`),
});

describe('createLink', () => {
  it('makes a link with a code of seven characters', async () => {
    const ports = setup();
    const link = await madeBy(createLink(ports, ask({ title: 'T' })));
    expect(link.code).toMatch(/^[2-9A-HJ-NP-Za-hkmnp-z]{7}$/);
    expect(link).toEqual(
      exampleLink({ code: link.code, title: 'T', createdAt: ports.clock.now() }),
    );
    expect(await ports.store.get(link)).toEqual(link);
  });

  it('keeps the code of an expiring link for 90 days after its end', async () => {
    const ports = setup();
    const expiresAt = ports.clock.now() + 1000;
    const link = await madeBy(createLink(ports, ask({ expiresAt })));
    expect(link.reservedUntil).toBe(expiresAt + 90 * dayMs);
  });

  it('tries a fresh code on each collision, and tells the generator how many there were', async () => {
    const generator = scripted('a', 'b', 'c', 'd');
    const ports = setup(generator);
    for (const code of ['a', 'b', 'c']) await ports.store.create(exampleLink({ code }));
    expect(await madeBy(createLink(ports, ask()))).toMatchObject({ code: 'd' });
    expect(vi.mocked(generator.next).mock.calls.map(([, collisions]) => collisions)).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it('gives up where every code is taken', async () => {
    const ports = setup({ next: async () => 'a' });
    await ports.store.create(exampleLink({ code: 'a' }));
    expect(await createLink(ports, ask())).toEqual({ kind: 'crowded' });
  });

  it('refuses an alias that is taken, in any workspace and after deletion', async () => {
    const ports = setup();
    await createLink(ports, ask({ code: 'spring' }));
    expect(await createLink(ports, ask({ code: 'spring' }))).toEqual({ kind: 'alias-taken' });
    await deleteLink(ports, { workspace: 'acme', id: 'spring' });
    const other = ask({ code: 'spring' }, { workspace: 'other' });
    ports.clock.advance(90 * dayMs - 1);
    expect(await createLink(ports, other)).toEqual({ kind: 'alias-taken' });
    ports.clock.advance(1);
    expect(await createLink(ports, other)).toMatchObject({ kind: 'created' });
  });

  it('lets exactly one of two creators of an alias win', async () => {
    const ports = setup();
    const results = await Promise.all(
      ['a', 'b'].map((workspace) => createLink(ports, ask({ code: 'spring' }, { workspace }))),
    );
    expect(results.map(({ kind }) => kind).sort()).toEqual(['alias-taken', 'created']);
  });

  it.each([
    ['http://10.0.0.1/', 'private-address'],
    ['https://hop.example/x', 'own-host'],
  ])('refuses %s and stores nothing', async (url, code) => {
    const ports = setup();
    expect(await createLink(ports, ask({ url, code: 'x' }))).toMatchObject({
      kind: 'refused',
      code,
    });
    expect(await ports.store.get({ domain: '_', code: 'x' })).toBeUndefined();
  });
});

describe('createLink with an Idempotency-Key', () => {
  it.each([{}, { code: 'spring' }])('finds its own link when repeated: %j', async (input) => {
    const ports = setup();
    const link = await madeBy(createLink(ports, keyed(input)));
    ports.clock.advance(1000);
    expect(await createLink(ports, keyed(input))).toEqual({ kind: 'replayed', link });
  });

  it('takes two spellings of the same request for one', async () => {
    const ports = setup();
    const link = await madeBy(createLink(ports, keyed({ url: 'https://example.org' })));
    const again = await createLink(ports, keyed({ url: 'HTTPS://EXAMPLE.org:443/' }));
    expect(again).toEqual({ kind: 'replayed', link });
  });

  it.each([
    [{}, { url: 'https://example.org/2' }],
    [{}, { tags: ['a'] }],
    [{}, { code: 'spring' }],
    [{ code: 'spring' }, {}],
    [{ code: 'spring' }, { code: 'summer' }],
    [{ code: 'spring' }, { code: 'spring', title: 'T' }],
  ])('refuses the key of %j for %j', async (first, second) => {
    const ports = setup();
    await createLink(ports, keyed(first));
    expect(await createLink(ports, keyed(second))).toEqual({ kind: 'key-reused' });
    expect(await ports.store.get({ domain: '_', code: 'summer' })).toBeUndefined();
  });

  it.each([{}, { code: 'spring' }])(
    'remembers %j after it was changed or deleted',
    async (input) => {
      const ports = setup();
      const { id } = await madeBy(createLink(ports, keyed(input)));
      const target = { workspace: 'acme', id };
      await changeLink(ports, { ...target, patch: { title: 'new' }, host: 'hop.example' });
      expect(await createLink(ports, keyed(input))).toMatchObject({
        kind: 'replayed',
        link: { title: 'new' },
      });
      await deleteLink(ports, target);
      expect(await createLink(ports, keyed(input))).toEqual({ kind: 'gone' });
      expect(await createLink(ports, keyed({ ...input, tags: ['a'] }))).toEqual({
        kind: 'key-reused',
      });
    },
  );

  it('makes one link of many repeats at the same time', async () => {
    for (const input of [{}, { code: 'spring' }]) {
      const ports = setup();
      const results = await Promise.all(
        Array.from({ length: 10 }, () => createLink(ports, keyed(input))),
      );
      expect(results.filter(({ kind }) => kind === 'created')).toHaveLength(1);
      expect(results.filter(({ kind }) => kind === 'replayed')).toHaveLength(9);
    }
  });

  it('keeps keys of different workspaces apart', async () => {
    const ports = setup();
    await createLink(ports, keyed());
    const other = await createLink(ports, { ...keyed({ title: 'T' }), workspace: 'other' });
    expect(other).toMatchObject({ kind: 'created' });
  });

  it.each([{}, { code: 'spring' }])(
    'walks past a code that somebody else has: %j',
    async (input) => {
      const ports = setup();
      const { link, workspace } = keyed(input);
      const url = 'https://example.org/';
      const claim = claimOf(codeKey, { workspace, key: 'k', input: { ...link, url } });
      await ports.store.create(exampleLink({ code: idempotentCode(codeKey, claim, 0) }));
      const made = await madeBy(createLink(ports, keyed(input)));
      expect(made.code).toBe('code' in input ? 'spring' : idempotentCode(codeKey, claim, 1));
      expect(await createLink(ports, keyed(input))).toEqual({ kind: 'replayed', link: made });
    },
  );

  it('refuses an alias that others took, and a repeat alike', async () => {
    const ports = setup();
    await createLink(ports, ask({ code: 'spring' }));
    expect(await createLink(ports, keyed({ code: 'spring' }))).toEqual({ kind: 'alias-taken' });
    expect(await createLink(ports, keyed({ code: 'spring' }))).toEqual({ kind: 'alias-taken' });
  });
});
