import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { vi } from 'vitest';
import { type Click, decodeClick } from '../../../../functions/events/click.ts';
import type { Link } from '../../../../functions/links/link.ts';
import type { RedirectEvent } from '../../../../functions/links/redirect/request.ts';
import type { Result } from '../../../../functions/links/redirect/respond.ts';
import { toItem } from '../../../../functions/links/store/dynamo-link-record.ts';
import { type RedirectEventOptions, redirectEvent } from './redirect-event.ts';

export const now = Date.UTC(2026, 0, 1);

export const link: Link = {
  domain: '_',
  code: 'abc1234',
  id: 'abc1234',
  url: 'https://example.org/landing?a=1',
  status: 307,
  state: 'active',
  workspace: 'w1',
  owner: 'key:k1',
  createdAt: 0,
  tags: [],
  version: 1,
};

export const dynamo = mockClient(DynamoDBDocumentClient);
export const sqs = mockClient(SQSClient);

/** What the link tables hold from here on. */
export const store = (stored: Link | undefined) =>
  dynamo
    .on(GetCommand)
    .callsFake(({ TableName, Key }) =>
      TableName !== 'control' && stored !== undefined && Key.pk === `_/${stored.code}`
        ? { Item: toItem(stored) }
        : {},
    );

export const linkReads = () =>
  dynamo.commandCalls(GetCommand).filter(({ args: [{ input }] }) => input.TableName !== 'control');

export const clicks = (): Click[] =>
  sqs
    .commandCalls(SendMessageCommand)
    .map(({ args: [{ input }] }) => decodeClick(input.MessageBody ?? '') as Click);

let handler: (event: RedirectEvent, context: Context) => Promise<Result>;

export const ask = async (path: string, options?: RedirectEventOptions): Promise<Result> =>
  handler(redirectEvent(path, options) as RedirectEvent, {} as Context);

/** A new process of the function: nothing cached. */
export const startHandler = async (settings: object): Promise<void> => {
  vi.resetModules();
  vi.stubEnv('REDIRECT_SETTINGS', JSON.stringify(settings));
  ({ handler } = (await import('../../../../functions/links/redirect.handler.ts')) as never);
};

export const setUp = async (): Promise<void> => {
  vi.useFakeTimers({ toFake: ['Date'], now });
  vi.stubEnv('STAGE', 'test');
  vi.stubEnv('ORIGIN_SECRETS', 'current-secret,previous-secret');
  vi.stubEnv('LINK_TABLES', 'links-0,links-1');
  vi.stubEnv('CONTROL_TABLE', 'control');
  vi.stubEnv('CLICK_QUEUE_URL', 'https://queue');
  dynamo.reset();
  sqs.reset();
  store(link);
  sqs.on(SendMessageCommand).resolves({});
  await startHandler({ floodLimit: { perMinute: 60, burst: 20 } });
};

export const tearDown = (): void => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.useRealTimers();
};
