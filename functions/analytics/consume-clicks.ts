import { decodeClick } from '../events/click.ts';
import type { Clock } from '../kernel/clock.ts';
import { settleEach } from './concurrency.ts';
import { minuteOf, type RecordedClick, recordClick } from './segments/recorded-click.ts';
import { packSegments } from './segments/segment.ts';
import type { ClickSegmentStore } from './segments/segment-store.ts';

export interface ClickMessage {
  readonly id: string;
  readonly body: string;
  /** Epoch milliseconds at which the queue took it: the same at every delivery. */
  readonly sentAt: number;
}

export interface Consumption {
  /** Ids of messages to deliver again: unreadable, or in a segment that was not stored. */
  readonly failed: readonly string[];
  /** What the writes that failed said. */
  readonly faults: readonly unknown[];
  /** Clicks set aside because their minute can no longer be recomputed. */
  readonly late: number;
}

/** Segments live 16 days; what arrives after this would be counted without its duplicates. */
const recomputableMs = 14 * 86_400_000;

type QueuedClick = RecordedClick & { readonly messageId: string };

interface Batch {
  readonly workspace: string;
  readonly minute: number | 'late';
  readonly clicks: QueuedClick[];
}

const writesAtOnce = 16;

/** Appends a batch of messages as segments, one a workspace and minute. */
export const consumeClicks = async (
  { segments, clock }: { readonly segments: ClickSegmentStore; readonly clock: Clock },
  messages: readonly ClickMessage[],
): Promise<Consumption> => {
  const failed: string[] = [];
  const batches = new Map<string, Batch>();
  const oldest = clock.now() - recomputableMs;
  for (const { id, body, sentAt } of messages) {
    const event = decodeClick(body);
    if (event === undefined) {
      failed.push(id);
      continue;
    }
    const click = { ...recordClick(event, sentAt), messageId: id };
    const minute = click.ts < oldest ? 'late' : minuteOf(click.ts);
    const key = `${minute}#${event.workspace}`;
    const batch = batches.get(key) ?? { workspace: event.workspace, minute, clicks: [] };
    batches.set(key, batch);
    batch.clicks.push(click);
  }
  const filled = [...batches.values()].flatMap((batch) => packSegments(batch, batch.clicks));
  const writes = await settleEach(filled, writesAtOnce, ({ segment }) => segments.append(segment));
  const faults: unknown[] = [];
  for (const [index, write] of writes.entries()) {
    if (write.status === 'fulfilled') continue;
    faults.push(write.reason);
    failed.push(...(filled[index]?.clicks ?? []).map(({ messageId }) => messageId));
  }
  const late = [...batches.values()]
    .filter(({ minute }) => minute === 'late')
    .reduce((sum, { clicks }) => sum + clicks.length, 0);
  return { failed, faults, late };
};
