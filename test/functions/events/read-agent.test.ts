import UserAgents from 'user-agents';
import { describe, expect, it } from 'vitest';
import { readAgent } from '../../../functions/events/read-agent.ts';

describe('readAgent', () => {
  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      { kind: 'browser', device: 'mobile', browser: 'Safari', os: 'iOS' },
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      { kind: 'browser', device: 'desktop', browser: 'Chrome', os: 'macOS' },
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      { kind: 'browser', device: 'desktop', browser: 'Edge', os: 'Windows' },
    ],
    [
      'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
      { kind: 'browser', device: 'desktop', browser: 'Firefox', os: 'Linux' },
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      { kind: 'browser', device: 'tablet', browser: 'Chrome', os: 'Android' },
    ],
    ['curl/8.9.1', { kind: 'bot' }],
    ['', { kind: 'bot' }],
  ])('reads %s', (agent, expected) => {
    expect(readAgent(agent)).toEqual(expected);
  });

  it('leaves out names that are not among ours', () => {
    expect(readAgent('Planted-Name/1.0 (PlantedOS 9)')).toEqual({ kind: 'browser' });
  });

  it('names browser, system and device of nearly every real browser', () => {
    const agents = Array.from({ length: 2000 }, () => readAgent(new UserAgents().toString()));
    const complete = agents.filter(({ device, browser, os }) => device && browser && os);
    expect(complete.length / agents.length).toBeGreaterThanOrEqual(0.98);
  });

  it('reads the same agent once', () => {
    expect(readAgent('Wget/1.21')).toBe(readAgent('Wget/1.21'));
  });
});
