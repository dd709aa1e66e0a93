import type { Clock } from '../../functions/kernel/clock.ts';
import { openSqs, type QueueSpec } from '../../local/sqs.ts';

export const queueSpec = (name: string, overrides: Partial<QueueSpec> = {}): QueueSpec => ({
  name,
  arn: `arn:aws:sqs:eu-central-1:000000000000:${name}`,
  url: `http://127.0.0.1:4566/000000000000/${name}`,
  visibilitySeconds: 30,
  retentionSeconds: 345_600,
  delaySeconds: 0,
  ...overrides,
});

export const dead = queueSpec('dead', { retentionSeconds: 1_209_600 });
export const clicks = queueSpec('clicks', {
  redrive: { deadLetterArn: dead.arn, maxReceiveCount: 5 },
});

export const openQueues = (clock: Clock, path = ':memory:', queues = [clicks, dead]) =>
  openSqs({ path, queues, clock });
