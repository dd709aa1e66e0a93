import crawlers from 'crawler-user-agents';
import UserAgents from 'user-agents';
import { describe, expect, it } from 'vitest';
import { classifyAgent } from '../../../functions/events/classify-agent.ts';
import { readAgent } from '../../../functions/events/read-agent.ts';

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const classOf = (
  agent: string | undefined,
  {
    method = 'GET',
    asn,
    purposes = [],
  }: { method?: string; asn?: number; purposes?: string[] } = {},
) => classifyAgent({ method, agent: readAgent(agent), asn, purposes });

describe('classifyAgent', () => {
  it('takes a browser for a human', () => {
    expect(classOf(chrome)).toBe('human');
  });

  it('counts HEAD as head, whoever sent it', () => {
    expect(classOf(chrome, { method: 'HEAD' })).toBe('head');
    expect(classOf('Twitterbot/1.0', { method: 'HEAD' })).toBe('head');
  });

  it.each(['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip', 'Preview'])(
    'counts the purpose %s as a prefetch',
    (purpose) => {
      expect(classOf(chrome, { purposes: [purpose] })).toBe('prefetch');
    },
  );

  it('tells unfurlers from other bots by name', () => {
    expect(classOf('Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)')).toBe('unfurl');
    expect(classOf('WhatsApp/2.23.20.0 A')).toBe('unfurl');
    expect(classOf('facebookexternalhit/1.1')).toBe('unfurl');
    expect(
      classOf('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
    ).toBe('bot');
    expect(classOf('curl/8.9.1')).toBe('bot');
  });

  it('takes a request without an agent for a bot', () => {
    expect(classOf(undefined)).toBe('bot');
    expect(classOf('  ')).toBe('bot');
  });

  it('suspects a browser in a datacenter, not a bot there', () => {
    expect(classOf(chrome, { asn: 16509 })).toBe('suspect');
    expect(classOf(chrome, { asn: 3320 })).toBe('human');
    expect(classOf('curl/8.9.1', { asn: 16509 })).toBe('bot');
  });

  it('knows at least 99 % of the published crawlers', () => {
    const agents = crawlers.flatMap(({ instances }) => instances);
    const known = agents.filter((agent) => ['bot', 'unfurl'].includes(classOf(agent)));
    expect(agents.length).toBeGreaterThan(2000);
    expect(known.length / agents.length).toBeGreaterThanOrEqual(0.99);
  });

  it('takes at least 99 % of real browsers for humans', () => {
    const agents = Array.from({ length: 2000 }, () => new UserAgents().toString());
    const humans = agents.filter((agent) => classOf(agent) === 'human');
    expect(humans.length / agents.length).toBeGreaterThanOrEqual(0.99);
  });
});
