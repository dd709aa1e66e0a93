import { apiHandler } from '../http/api-handler.ts';
import { systemClock } from '../kernel/clock.ts';
import { createLinkFinder } from '../links/index.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { dynamoCountStore } from './counts/dynamo-count-store.ts';
import { dynamoLedgerStore } from './counts/dynamo-ledger-store.ts';
import { statsApiEnv } from './env.ts';
import { statsRoute } from './stats/stats-route.ts';

const env = readEnv(statsApiEnv);
const client = createDocumentClient();

const route = statsRoute({
  links: createLinkFinder({
    linkTables: env.LINK_TABLES,
    controlTable: env.CONTROL_TABLE,
    clock: systemClock,
  }),
  counts: dynamoCountStore(client, env.COUNTS_TABLE),
  ledgers: dynamoLedgerStore(client, env.COUNTS_TABLE),
  clock: systemClock,
});

export const handler = await apiHandler(env, [route]);
