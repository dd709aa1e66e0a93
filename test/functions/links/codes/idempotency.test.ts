import { describe, expect, it } from 'vitest';
import { claimOf, idempotentCode } from '../../../../functions/links/codes/idempotency.ts';

const request = {
  workspace: 'acme',
  key: 'k',
  input: { url: 'https://example.org/', status: 302 },
};
const claim = claimOf('secret', request);

describe('claimOf', () => {
  it('is the same for the same request, whatever the order of its members', () => {
    const input = { status: 302, url: 'https://example.org/' };
    expect(claimOf('secret', { ...request, input })).toEqual(claim);
  });

  it('keeps its id but not its request for another body', () => {
    const other = claimOf('secret', { ...request, input: { url: 'https://example.org/other' } });
    expect(other.id).toBe(claim.id);
    expect(other.request).not.toBe(claim.request);
  });

  it.each([
    ['workspace', claimOf('secret', { ...request, workspace: 'other' })],
    ['key', claimOf('secret', { ...request, key: 'k2' })],
    ['secret', claimOf('secret2', request)],
    ['split', claimOf('secret', { ...request, workspace: 'acmek', key: '' })],
  ])('has another id for another %s', (_name, other) => {
    expect(other.id).not.toBe(claim.id);
  });
});

describe('idempotentCode', () => {
  it('walks the same way for the same claim', () => {
    const walk = () => Array.from({ length: 6 }, (_, n) => idempotentCode('secret', claim, n));
    expect(walk()).toEqual(walk());
    expect(walk().map(({ length }) => length)).toEqual([7, 7, 7, 8, 9, 10]);
    expect(new Set(walk()).size).toBe(6);
  });

  it('depends on the key that nobody knows', () => {
    expect(idempotentCode('secret2', claim, 0)).not.toBe(idempotentCode('secret', claim, 0));
  });
});
