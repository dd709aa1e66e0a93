import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readClick } from '../../../functions/events/click.ts';
import { classifyReferrer } from '../../../functions/events/referrer.ts';
import { referrerSources } from '../../../functions/events/referrer-sources.ts';

describe('classifyReferrer', () => {
  it.each([
    ['https://www.google.com/', { refHost: 'google.com', source: 'Google', channel: 'search' }],
    ['https://www.google.co.uk/', { refHost: 'google.co.uk', source: 'Google', channel: 'search' }],
    [
      'https://mail.google.com/x',
      { refHost: 'mail.google.com', source: 'Gmail', channel: 'email' },
    ],
    [
      'https://l.facebook.com/',
      { refHost: 'l.facebook.com', source: 'Facebook', channel: 'social' },
    ],
    [
      'https://m.youtube.com/watch?v=1',
      { refHost: 'm.youtube.com', source: 'YouTube', channel: 'video' },
    ],
    ['https://t.co/abc', { refHost: 't.co', source: 'X', channel: 'social' }],
    [
      'android-app://com.google.android.gm/',
      { refHost: 'com.google.android.gm', source: 'Gmail', channel: 'email' },
    ],
    ['https://Blog.Example.ORG:8443/a?b#c', { refHost: 'blog.example.org', channel: 'referral' }],
    ['https://user:secret@example.org/', { refHost: 'example.org', channel: 'referral' }],
    ['https://notgoogle.com/', { refHost: 'notgoogle.com', channel: 'referral' }],
  ])('reads %s', (referer, expected) => {
    expect(classifyReferrer(referer)).toEqual(expected);
  });

  it('takes an absent referrer for a direct visit', () => {
    expect(classifyReferrer(undefined)).toEqual({ channel: 'direct' });
    expect(classifyReferrer(' ')).toEqual({ channel: 'direct' });
  });

  it.each([
    'http://203.0.113.9/',
    'http://3405803785/',
    'http://0xcb.0x00.0x71.0x09/',
    'http://[2001:db8::9]/',
    'android-app://3405803785/',
    'about:blank',
    'nonsense',
    'file:///home/someone/notes.html',
    'data:text/html,hello',
  ])('keeps nothing of %s', (referer) => {
    expect(classifyReferrer(referer)).toEqual({ channel: 'referral' });
  });

  it('always gives what the event admits', () => {
    const event = {
      v: 1,
      eid: 'AbCdEfGh_-1',
      ts: 0,
      link: 'a',
      workspace: 'w',
      domain: '_',
      class: 'human',
    };
    fc.assert(
      fc.property(fc.oneof(fc.webUrl(), fc.string()), (referer) => {
        expect(readClick({ ...event, ...classifyReferrer(referer) })).toBeDefined();
      }),
    );
  });
});

describe('referrerSources', () => {
  it('lists lower-case hosts, each with a short name', () => {
    for (const [host, [, source]] of referrerSources) {
      expect(host).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/);
      expect(source.length).toBeLessThanOrEqual(32);
    }
  });
});
