import { describe, expect, it } from 'vitest';
import { countInLog } from '../../../../functions/limiter/entry/emf-metric.ts';
import { limiterFromEnvironment } from '../../../../functions/limiter/entry/lambda.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const policies = {
  login: { limits: [{ name: 'minute', algorithm: 'fixed-window', limit: 5, windowSeconds: 60 }] },
};
const source = {
  HOPGATE_LIMITS_TABLE: 'limits',
  HOPGATE_LIMIT_POLICIES: JSON.stringify(policies),
};

describe('limiterFromEnvironment', () => {
  it("knows the construct's policies by name, and says which there are", () => {
    const { policy } = limiterFromEnvironment({ source });
    expect(policy('login')).toMatchObject({ name: 'login', onFailure: 'open' });
    expect(() => policy('logout')).toThrow(
      'There is no policy "logout" in HOPGATE_LIMIT_POLICIES, only: login',
    );
  });

  it('says all that is wrong with the environment at once', () => {
    expect(() => limiterFromEnvironment({ source: {} })).toThrow(
      'Environment of this function: HOPGATE_LIMITS_TABLE is missing; HOPGATE_LIMIT_POLICIES is missing',
    );
    const limits = [{ ...policies.login.limits[0], limit: 0 }];
    const bad = { ...source, HOPGATE_LIMIT_POLICIES: JSON.stringify({ login: { limits } }) };
    expect(() => limiterFromEnvironment({ source: bad })).toThrow(
      'HOPGATE_LIMIT_POLICIES policies.login.limits[0].limit: must be a whole number',
    );
  });
});

describe('countInLog', () => {
  it('writes a line that CloudWatch makes metrics of, by table and by policy', () => {
    const lines: string[] = [];
    const count = countInLog('limits', manualClock(1_000), (line) => lines.push(line));
    count('LimiterFailedOpen', 'login', new Error('down'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      _aws: {
        Timestamp: 1_000,
        CloudWatchMetrics: [
          {
            Namespace: 'Hopgate/Limiter',
            Dimensions: [['table'], ['table', 'policy']],
            Metrics: [{ Name: 'LimiterFailedOpen', Unit: 'Count' }],
          },
        ],
      },
      table: 'limits',
      policy: 'login',
      LimiterFailedOpen: 1,
      cause: 'Error: down',
    });
  });
});
