import { describe, it } from 'vitest';
import { hasRedisServer } from '../../../support/redis.ts';

const install = 'install redis-server (Debian: apt-get install redis-server)';

/**
 * A suite that needs a redis-server. Where there is none it is skipped, and says so in its name; in
 * CI it fails.
 */
export const describeWithRedis = (name: string, suite: () => void): void => {
  if (hasRedisServer()) describe(name, suite);
  else if (process.env.CI) {
    describe(name, () => {
      it('finds a redis-server', () => {
        throw new Error(`There is no redis-server to test with: ${install}`);
      });
    });
  } else describe.skip(`${name} (skipped, as there is no redis-server: ${install})`, suite);
};
