import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeClick, readClick } from '../../../functions/events/click.ts';
import { describeClick } from '../../../functions/events/describe-click.ts';

const target = { id: 'abc1234', workspace: 'w1', domain: '_' };
const event = {
  v: 1,
  eid: 'GfEGS2GdSdM',
  ts: 1_767_225_600_000,
  link: 'abc1234',
  workspace: 'w1',
  domain: '_',
};
const viewer = { requestId: 'request-1', seenAt: 1_767_225_600_000 };
const agent = 'Mozilla/5.0 (X11; Linux x86_64; PlantedName/7.7) Gecko/20100101 Firefox/143.0';
const headers = {
  'user-agent': agent,
  referer: 'https://203.0.113.9/secret?mail=someone@example.org',
  'accept-language': 'pt-BR,pt;q=0.9',
  'cloudfront-viewer-country': 'BR',
  'cloudfront-viewer-country-region': 'SP',
  'cloudfront-viewer-city': 'S%C3%A3o Paulo',
  'cloudfront-viewer-asn': '28573',
};

describe('describeClick', () => {
  it('tells where, with what and from where a link was followed', () => {
    expect(describeClick({ method: 'GET', viewer, headers }, target)).toEqual({
      ...event,
      class: 'human',
      country: 'BR',
      region: 'SP',
      city: 'São Paulo',
      asn: 28573,
      language: 'pt',
      device: 'desktop',
      browser: 'Firefox',
      os: 'Linux',
      channel: 'referral',
    });
  });

  it('leaves out what is not known', () => {
    expect(describeClick({ method: 'GET', viewer, headers: {} }, target)).toEqual({
      ...event,
      class: 'bot',
      channel: 'direct',
    });
  });

  it('holds no address and no agent string', () => {
    const encoded = encodeClick(
      describeClick(
        {
          method: 'GET',
          viewer: { ...viewer, ip: '203.0.113.9' } as never,
          headers: { ...headers, 'x-forwarded-for': '203.0.113.9', cookie: 'id=planted' },
        },
        target,
      ),
    );
    for (const planted of ['203.0.113', 'Mozilla', 'PlantedName', 'X11', 'someone', 'planted']) {
      expect(encoded).not.toContain(planted);
    }
  });

  it('always gives an event that the consumer admits, without the words of a header', () => {
    const names = fc.constantFrom(...Object.keys(headers), 'sec-purpose', 'x-forwarded-for');
    const marker = 'Zq9Planted';
    fc.assert(
      fc.property(
        fc.dictionary(names, fc.string()),
        fc.constantFrom('GET', 'HEAD'),
        (given, method) => {
          const planted = { ...given, 'user-agent': `${marker}/1.0 ${given['user-agent'] ?? ''}` };
          const click = describeClick({ method, viewer, headers: planted }, target);
          expect(readClick(click)).toEqual(click);
          expect(encodeClick(click)).not.toContain(marker);
        },
      ),
    );
  });
});
