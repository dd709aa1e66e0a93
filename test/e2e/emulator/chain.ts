import {
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import type { Aws } from './aws.ts';
import type { Edge } from './edge.ts';
import { differ, expectEqual, within } from './report.ts';

export interface Link {
  readonly id: string;
  readonly code: string;
}

const destination = 'https://example.com/emulated?from=cdk';

export const refuse = async (edge: Edge): Promise<void> => {
  const create = { method: 'POST', body: { url: destination } };
  const keyless = await edge('/v1/links', create);
  expectEqual(
    'POST /v1/links without a key',
    [keyless.status, keyless.json?.code],
    [401, 'unauthenticated'],
  );
  const forged = await edge('/v1/links', {
    ...create,
    token: `hg_dev_${'0'.repeat(16)}_${'0'.repeat(40)}`,
  });
  expectEqual('POST /v1/links with a made-up key', forged.status, 401);
  const direct = await edge('/v1/links', { ...create, locked: false });
  expectEqual(
    'POST /v1/links past CloudFront',
    [direct.status, direct.json?.code],
    [403, 'origin-locked'],
  );
  const redirect = await edge('/anything', { locked: false });
  expectEqual('GET /anything past CloudFront', redirect.status, 403);
};

export const shorten = async (edge: Edge, token: string): Promise<Link> => {
  const made = await edge('/v1/links', { method: 'POST', body: { url: destination }, token });
  if (made.status !== 201) throw new Error(`POST /v1/links: ${made.status} ${made.text}`);
  const read = await edge(`/v1/links/${made.json.id}`, { token });
  expectEqual('GET /v1/links/{id}', [read.status, read.json?.url], [200, destination]);
  return made.json;
};

export const follow = async (edge: Edge, { code }: Link, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) {
    const { status, location } = await edge(`/${code}`);
    expectEqual(`GET /${code}`, [status, location], [302, destination]);
  }
};

/** The listing comes from the stream of the links table. */
export const listed = async (edge: Edge, token: string, { id }: Link): Promise<void> => {
  const found = await within(15, async () => {
    const { json } = await edge('/v1/links', { token });
    return json?.data?.some((link: Link) => link.id === id) ? true : undefined;
  });
  if (found === undefined) differ(`GET /v1/links does not list ${id} within 15 s`);
};

/** The counts come from the queue and then from the stream of the segments table. */
export const counted = async (
  edge: Edge,
  token: string,
  { id }: Link,
  clicks: number,
): Promise<void> => {
  let last = '';
  const reached = await within(30, async () => {
    const { status, json, text } = await edge(`/v1/links/${id}/stats`, { token });
    last = status === 200 ? JSON.stringify(json.totals) : `${status} ${text}`;
    return json?.totals?.clicks >= clicks ? json.totals : undefined;
  });
  if (reached === undefined) differ(`stats of ${id}: ${clicks} clicks not within 30 s: ${last}`);
  else expectEqual(`stats of ${id}`, [reached.clicks, reached.humans], [clicks, clicks]);
};

/** One second of hiding instead of 180: five failed deliveries would take a quarter of an hour. */
export const hideFor = async (aws: Aws, queueUrl: string, seconds: number): Promise<void> => {
  const Attributes = { VisibilityTimeout: String(seconds) };
  await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl: queueUrl, Attributes }));
};

export const sendPoison = async (aws: Aws, queueUrl: string): Promise<string> => {
  const poison = `poison ${crypto.randomUUID()}`;
  await aws.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: poison }));
  return poison;
};

/** Returns how often it had been delivered before. */
export const inDeadLetters = async (
  aws: Aws,
  dlqUrl: string,
  poison: string,
): Promise<number | undefined> => {
  const found = await within(30, async () => {
    const { Messages = [] } = await aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: dlqUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages[0];
  });
  expectEqual('message in the dead-letter queue', found?.Body, poison);
  return found === undefined ? undefined : Number(found.Attributes?.ApproximateReceiveCount) - 1;
};
