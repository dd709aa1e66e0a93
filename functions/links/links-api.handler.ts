import { apiHandler } from '../http/api-handler.ts';
import { systemClock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { linkRoutes } from './api/link-routes.ts';
import { randomCodeGenerator } from './codes/random-code-generator.ts';
import { linksApiEnv } from './env.ts';
import { dynamoLinkIndex } from './listing/dynamo-link-index.ts';
import { dynamoSlotMap } from './shards/dynamo-slot-map.ts';
import { dynamoLinkStore } from './store/dynamo-link-store.ts';

const env = readEnv(linksApiEnv);
const clock = systemClock;
const client = createDocumentClient();
const slotMap = dynamoSlotMap({
  client,
  controlTable: env.CONTROL_TABLE,
  linkTables: env.LINK_TABLES,
  clock,
});

const routes = linkRoutes({
  store: dynamoLinkStore(client, slotMap),
  index: dynamoLinkIndex(client, env.INDEX_TABLE, clock),
  generator: randomCodeGenerator(),
  clock,
  settings: env.LINK_SETTINGS,
  codeKey: env.CODE_KEY,
});

export const handler = await apiHandler(env, routes);
