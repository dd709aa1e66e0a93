import { describe, expect, it } from 'vitest';
import { findViolations, importsOf } from '../../scripts/import-rule.ts';

const violationsOf = (from: string, source: string): string[] =>
  findViolations(new Map([[from, source]])).map(({ rule }) => rule);

describe('findViolations', () => {
  it.each([
    ['functions/links/link.ts', "import { Stack } from 'aws-cdk-lib';"],
    ['functions/links/link.ts', "import { config } from '../../lib/config.ts';"],
    ['functions/links/link.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
    ['functions/links/create-link.ts', "import { dynamoLinkStore } from './dynamo-link-store.ts';"],
    ['functions/analytics/read-stats.ts', "import { toId } from '../links/link-key.ts';"],
    ['functions/links/create-link.ts', "import { stats } from '../analytics/index.ts';"],
    ['functions/kernel/ids.ts', "import { logger } from '../platform/logger.ts';"],
    ['functions/edge/viewer.ts', "import { z } from 'zod';"],
    ['functions/events/click.ts', "import type { Link } from '../links/link.ts';"],
    ['lib/features/links.ts', "import { redirectEnv } from '../../functions/links/env.ts';"],
    ['lib/features/links.ts', "import type { Link } from '../../functions/links/link.ts';"],
    [
      'lib/constructs/table.ts',
      "import { definePolicy } from '../../functions/limiter/policy.ts';",
    ],
    ['bin/hopgate.ts', "import { startCloud } from '../local/start-cloud.ts';"],
    ['functions/links/link.ts', "const lazy = await import('../analytics/index.ts');"],
    ['functions/links/link.ts', "export {\n  a,\n  b,\n} from '../../local/iam.ts';"],
  ])('sees what %s must not import', (from, source) => {
    expect(violationsOf(from, source)).not.toEqual([]);
  });

  it.each([
    ['functions/links/dynamo-link-store.ts', "import { GetCommand } from '@aws-sdk/lib-dynamodb';"],
    ['functions/links/redirect.handler.ts', "import { x } from './dynamo-link-store.ts';"],
    ['functions/analytics/stats-api.handler.ts', "import { f } from '../links/index.ts';"],
    ['functions/links/link.ts', "import { crc16 } from '../kernel/hashing.ts';"],
    ['lib/features/links.ts', "import type { RedirectEnv } from '../../functions/links/env.ts';"],
    ['functions/links/link.ts', "import { createHash } from 'node:crypto';"],
    [
      'lib/constructs/rate-limiter.ts',
      "import { definePolicies } from '../../functions/limiter/entry/construct-contract.ts';",
    ],
    [
      'functions/limiter/entry/dynamodb.ts',
      "export { createDynamoLimitStore } from '../stores/dynamo-limit-store.ts';",
    ],
  ])('allows what %s may import', (from, source) => {
    expect(violationsOf(from, source)).toEqual([]);
  });
});

describe('importsOf', () => {
  it('finds imports over several lines, side effects, re-exports and dynamic ones', () => {
    const source = [
      "import type {\n  A,\n} from './a.ts';",
      "import './b.ts';",
      "export { c } from '../c.ts';",
      "const d = await import('./d.ts');",
    ].join('\n');
    expect(importsOf('functions/links/x.ts', source).map(({ to }) => to)).toEqual([
      'functions/links/a.ts',
      'functions/links/b.ts',
      'functions/c.ts',
      'functions/links/d.ts',
    ]);
  });
});
