import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Click,
  clickClasses,
  decodeClick,
  encodeClick,
  readClick,
} from '../../../functions/events/click.ts';

const whole: Click = {
  v: 1,
  eid: 'AbCdEfGh_-1',
  ts: 1_767_225_600_000,
  link: 'abc1234',
  workspace: 'w1',
  domain: '_',
  class: 'human',
  country: 'DE',
  region: 'BE',
  city: 'Berlin',
  asn: 3320,
  language: 'de',
  device: 'mobile',
  browser: 'Safari',
  os: 'iOS',
  refHost: 'google.com',
  source: 'Google',
  channel: 'search',
};

const bare: Click = {
  v: 1,
  eid: 'AbCdEfGh_-1',
  ts: 0,
  link: '~X2kv',
  workspace: 'w1',
  domain: 'go.example.com',
  class: 'bot',
  channel: 'direct',
};

describe('decodeClick', () => {
  it('gives back what encodeClick was given', () => {
    expect(decodeClick(encodeClick(whole))).toEqual(whole);
    expect(decodeClick(encodeClick(bare))).toEqual(bare);
  });

  it('never throws and admits no text that is not an event', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(decodeClick(body)).toBeUndefined();
      }),
    );
  });
});

describe('readClick', () => {
  it.each(Object.keys(bare))('refuses an event without %s', (name) => {
    expect(readClick({ ...bare, [name]: undefined })).toBeUndefined();
  });

  it.each([
    ['v', 2],
    ['eid', 'short'],
    ['eid', 'AbCdEfGh_-1x'],
    ['ts', -1],
    ['ts', 1.5],
    ['ts', '1'],
    ['link', ''],
    ['link', 'x'.repeat(1025)],
    ['workspace', 7],
    ['class', 'robot'],
    ['country', 'de'],
    ['region', 'TOOLONG'],
    ['city', 'x'.repeat(81)],
    ['asn', '3320'],
    ['language', 'de-DE'],
    ['device', null],
    ['browser', ''],
    ['refHost', 'x'.repeat(254)],
    ['channel', 'carrier pigeon'],
  ])('refuses %s %j', (name, value) => {
    expect(readClick({ ...whole, [name]: value })).toBeUndefined();
  });

  it('drops fields that it does not know', () => {
    expect(readClick({ ...whole, ip: '203.0.113.9' })).toEqual(whole);
  });

  it('admits every class', () => {
    for (const name of clickClasses) expect(readClick({ ...bare, class: name })?.class).toBe(name);
  });
});
