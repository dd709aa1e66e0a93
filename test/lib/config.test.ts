import { describe, expect, it } from 'vitest';
import { parseLimitPolicies } from '../../functions/limiter/env.ts';
import { parseLinkSettings, parseRedirectSettings } from '../../functions/links/settings.ts';
import { configFor, stageNames } from '../../lib/config.ts';

describe('configFor', () => {
  it('knows the stages and names them when asked for another', () => {
    expect(stageNames.map((stage) => configFor(stage).stage)).toEqual([...stageNames]);
    expect(() => configFor('test')).toThrow(/No stage "test".*dev, staging, prod/);
  });

  it.each(stageNames)('gives %s settings that its functions take as they are', (stage) => {
    const { limits, links, redirect } = configFor(stage);
    expect(parseLimitPolicies(limits)).toEqual(limits);
    expect(parseLinkSettings(links)).toEqual(links);
    expect(parseRedirectSettings(redirect)).toEqual(redirect);
  });

  it('limits prod as the product promises', () => {
    const { checksPerKey, global, perKey } = configFor('prod').limits;
    expect(perKey).toMatchObject({ limitPerHour: 1_000, burst: 100 });
    expect(checksPerKey).toMatchObject({ limitPerSecond: 1_000, burst: 1_000 });
    expect(global.limitPerHour).toBe(1_000_000);
  });

  it('lets dev create the whole corpus at once', () => {
    expect(configFor('dev').limits.perKey.burst).toBeGreaterThan(10 * 5_297);
  });

  it('protects prod alone', () => {
    expect(stageNames.filter((stage) => configFor(stage).retain)).toEqual(['prod']);
  });
});
