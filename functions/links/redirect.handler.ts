import middy from '@middy/core';
import { describeClick } from '../events/describe-click.ts';
import { createSqsClickPublisher } from '../events/sqs-click-publisher.ts';
import { systemClock as clock } from '../kernel/clock.ts';
import { createFloodGuard } from '../limiter/index.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import { readEnv } from '../platform/env.ts';
import { redirectEnv } from './env.ts';
import { cacheLinks } from './link-cache.ts';
import * as pipeline from './redirect/pipeline.middleware.ts';
import type { RedirectEvent } from './redirect/request.ts';
import { type Result, respondAnswer, respondPreview, respondRedirect } from './redirect/respond.ts';
import { resolveLink } from './resolve-link.ts';
import { dynamoSlotMap } from './shards/dynamo-slot-map.ts';
import { dynamoLinkStore } from './store/dynamo-link-store.ts';

const env = readEnv(redirectEnv);
const settings = env.REDIRECT_SETTINGS;
const client = createDocumentClient({ requestTimeoutMs: 1000 });
const { LINK_TABLES: linkTables, CONTROL_TABLE: controlTable } = env;
const slotMap = dynamoSlotMap({ client, controlTable, linkTables, clock });
slotMap.current(); // starts reading the stored map while the function starts, not while somebody waits
const find = cacheLinks(dynamoLinkStore(client, slotMap).get, clock, settings);
const publisher = createSqsClickPublisher(env.CLICK_QUEUE_URL, settings.clickBudgetMs);

const redirect = async ({ request }: RedirectEvent): Promise<Result> => {
  const resolution = await resolveLink(request.path, clock.now(), find);
  switch (resolution.kind) {
    case 'redirect':
      await publisher.publish(describeClick(request, resolution.link));
      return respondRedirect(request, resolution.link.status, resolution.link.url);
    case 'preview':
      return respondPreview(request, resolution.link.url);
    case 'refused':
      return respondAnswer(request, resolution.answer);
  }
};

export const handler = middy<RedirectEvent, Result>(redirect, { timeoutEarlyInMillis: 0 })
  .use(pipeline.requestReader(clock))
  .use(pipeline.faultAnswers())
  .use(pipeline.originLock(env.ORIGIN_SECRETS))
  .use(pipeline.readingMethodsOnly())
  .use(pipeline.floodGate(createFloodGuard({ ...settings.floodLimit, clock })))
  .use(pipeline.fixedPaths(settings.rootRedirectUrl));
