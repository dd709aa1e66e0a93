import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import { parseWith } from '../../../../functions/http/parse-request.ts';
import { AppError } from '../../../../functions/kernel/errors.ts';
import {
  changeLinkSchema,
  createLinkSchema,
  listLinksSchema,
} from '../../../../functions/links/api/link-schemas.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const clock = manualClock();
const url = 'https://example.org/';

const refusals = (schema: ZodType, input: unknown): string[] => {
  try {
    parseWith(schema, input, 'body');
  } catch (error) {
    if (error instanceof AppError) return error.fields.map(({ field, code }) => `${field} ${code}`);
    throw error;
  }
  return [];
};

describe('createLinkSchema', () => {
  const schema = createLinkSchema(clock);

  it('fills in the defaults', () => {
    expect(schema.parse({ url })).toEqual({ url, status: 302, tags: [] });
  });

  it('brings every field to its normal form', () => {
    expect(
      schema.parse({
        url,
        code: 'cafe\u0301',
        expiresAt: '2026-01-02T02:00:00.5+02:00',
        tags: [' a ', 'cafe\u0301', 'a', 'caf\u00e9'],
        title: ' T ',
        status: 308,
      }),
    ).toEqual({
      url,
      code: 'caf\u00e9',
      expiresAt: Date.UTC(2026, 0, 2, 0, 0, 0, 500),
      tags: ['a', 'caf\u00e9'],
      title: 'T',
      status: 308,
    });
  });

  it.each([
    ['null', null, 'body wrong-type'],
    ['a list', [], 'body wrong-type'],
    ['nothing', {}, 'url required'],
    ['a number as url', { url: 1 }, 'url wrong-type'],
    ['an unknown field', { url, ttl: 5 }, 'ttl unknown-field'],
    [
      'a field of a prototype',
      JSON.parse(`{"url":"${url}","__proto__":1}`),
      '__proto__ unknown-field',
    ],
    ['a reserved code', { url, code: 'v1' }, 'code reserved'],
    ['a malformed code', { url, code: 'a b' }, 'code malformed'],
    ['a long code', { url, code: 'x'.repeat(65) }, 'code too-large'],
    ['an empty code', { url, code: '' }, 'code too-small'],
    ['null as code', { url, code: null }, 'code wrong-type'],
    ['a past time', { url, expiresAt: '2025-12-31T23:59:59Z' }, 'expiresAt in-the-past'],
    ['this moment', { url, expiresAt: '2026-01-01T00:00:00Z' }, 'expiresAt in-the-past'],
    ['a time without offset', { url, expiresAt: '2027-01-01T00:00:00' }, 'expiresAt malformed'],
    ['a day that is none', { url, expiresAt: '2027-02-30T00:00:00Z' }, 'expiresAt malformed'],
    ['a number as time', { url, expiresAt: 1_900_000_000 }, 'expiresAt wrong-type'],
    ['null as time', { url, expiresAt: null }, 'expiresAt wrong-type'],
    ['a status that is none', { url, status: 303 }, 'status not-allowed'],
    ['a status as text', { url, status: '302' }, 'status not-allowed'],
    ['a tag alone', { url, tags: 'a' }, 'tags wrong-type'],
    ['a number as tag', { url, tags: ['a', 1] }, 'tags[1] wrong-type'],
    ['a blank tag', { url, tags: [' '] }, 'tags[0] too-small'],
    ['a long tag', { url, tags: ['x'.repeat(51)] }, 'tags[0] too-large'],
    ['21 tags', { url, tags: Array.from({ length: 21 }, (_, n) => `t${n}`) }, 'tags too-large'],
    ['a null byte in a tag', { url, tags: ['a\0'] }, 'tags[0] malformed'],
    ['half a character in a title', { url, title: 'a\ud83d' }, 'title malformed'],
    ['a null byte in a title', { url, title: 'a\0b' }, 'title malformed'],
    ['a long title', { url, title: 'x'.repeat(201) }, 'title too-large'],
  ])('refuses %s', (_name, input, refusal) => {
    expect(refusals(schema, input)).toEqual([refusal]);
  });

  it('names every wrong field at once', () => {
    expect(refusals(schema, { url: 1, code: 'a b', status: 1, x: 1 })).toHaveLength(4);
  });

  it('counts characters, not UTF-16 units', () => {
    const input = { url, title: '😀'.repeat(200), tags: ['😀'.repeat(50)] };
    expect(refusals(schema, input)).toEqual([]);
  });
});

describe('changeLinkSchema', () => {
  const schema = changeLinkSchema(clock);

  it('adds nothing to what was sent', () => {
    expect(schema.parse({})).toEqual({});
    expect(schema.parse({ expiresAt: null, title: null })).toEqual({
      expiresAt: null,
      title: null,
    });
  });

  it.each([
    [{ code: 'other' }, 'code unknown-field'],
    [{ state: 'banned' }, 'state not-allowed'],
    [{ state: 'trashed' }, 'state not-allowed'],
    [{ url: null }, 'url wrong-type'],
    [{ tags: null }, 'tags wrong-type'],
    [{ version: 3 }, 'version unknown-field'],
  ])('refuses %j', (input, refusal) => {
    expect(refusals(schema, input)).toEqual([refusal]);
  });
});

describe('listLinksSchema', () => {
  it('reads its parameters from text', () => {
    expect(listLinksSchema.parse({})).toEqual({ limit: 20 });
    expect(
      listLinksSchema.parse({ limit: '100', tag: ' a ', state: 'active', cursor: 'x' }),
    ).toEqual({
      limit: 100,
      tag: 'a',
      state: 'active',
      cursor: 'x',
    });
  });

  it.each([
    [{ limit: '0' }, 'limit out-of-range'],
    [{ limit: '101' }, 'limit out-of-range'],
    [{ limit: '1,2' }, 'limit malformed'],
    [{ limit: '' }, 'limit malformed'],
    [{ limit: '1e1' }, 'limit malformed'],
    [{ state: 'trashed' }, 'state not-allowed'],
    [{ tag: '' }, 'tag too-small'],
    [{ q: 'x' }, 'q unknown-field'],
  ])('refuses %j', (input, refusal) => {
    expect(refusals(listLinksSchema, input)).toEqual([refusal]);
  });
});
