import { compactRecords } from '../../../../functions/analytics/compaction/compact-records.ts';
import type { Compactor } from '../../../../functions/analytics/compaction/compactor.ts';
import {
  type Counts,
  mergeCounts,
  tallyClicks,
} from '../../../../functions/analytics/counts/tally.ts';
import {
  minuteOf,
  type RecordedClick,
  recordClick,
  withoutRepeats,
} from '../../../../functions/analytics/segments/recorded-click.ts';
import { readCounts } from '../../../../functions/analytics/stats/read-counts.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';
import { randomClick, toMessage } from '../example-clicks.ts';
import { createScheduler, type Gate } from './scheduler.ts';
import { createWorld, type Mistake, shards } from './world.ts';

const midnight = Date.UTC(2026, 0, 2);
const links = ['a', 'b'];
const pauses = [30_000, 30_000, 120_000, 3_600_000, 86_400_000];

type Random = ReturnType<typeof seededRandom>;

interface Sent {
  readonly origin: ReturnType<typeof toMessage>;
  readonly log?: RecordedClick;
}

/** Clicks around midnight, many near a minute's edge; a log row of some, up to 2 s apart. */
const sendClicks = (random: Random): { sent: Sent[]; expected: RecordedClick[] } => {
  const all: RecordedClick[] = [];
  const sent = Array.from({ length: 6 + random.below(5) }, (): Sent => {
    const minute = midnight + (random.below(2) - 1) * 60_000;
    const offset = random.next() < 0.6 ? random.below(2400) - 1200 : random.below(60_000);
    const click = randomClick(random, { ts: minute + offset, link: random.pick(links) });
    const origin = recordClick(click, click.ts + 100);
    all.push(origin);
    if (random.next() < 0.4) return { origin: toMessage(click) };
    const attributes = origin.attributes.map((value) => (random.next() < 0.3 ? '' : value));
    const ts = click.ts + random.below(4001) - 2000;
    const log: RecordedClick = { ...origin, seenBy: 'log', ts, attributes };
    all.push(log);
    return { origin: toMessage(click), log };
  });
  return { sent, expected: [...withoutRepeats(all)] };
};

const readable = (counts: Counts): string =>
  JSON.stringify(
    [...counts]
      .sort()
      .map(([link, { tuples, details }]) => [link, [...tuples].sort(), [...details].sort()]),
  );

/** One random run; says what is counted wrong at a level, undefined where all is right. */
export const runModel = async (seed: number, mistake?: Mistake): Promise<string | undefined> => {
  const random = seededRandom(seed);
  const clock = manualClock(midnight + (random.below(11) - 4) * 30_000);
  const scheduler = createScheduler(random);
  const world = createWorld(clock, mistake);
  const { sent, expected } = sendClicks(random);

  const queue = sent.map(({ origin }) => origin);
  const logs = sent.flatMap(({ log }) => (log ? [log] : []));
  const positions = shards.map(() => 0);
  const busy = new Set<number>();
  let producers = 0;
  const budget = { kills: 4, redeliveries: 4, timeouts: 12 };
  const happens = (kind: 'redeliveries' | 'timeouts', probability: number): boolean =>
    budget[kind] > 0 && random.next() < probability && budget[kind]-- > 0;

  const produce = async (): Promise<void> => {
    const batch = queue.splice(random.below(queue.length), 1 + random.below(2));
    const row = batch.length === 0 || random.next() < 0.5 ? logs.pop() : undefined;
    producers++;
    const end = await scheduler.start(async (gate) => {
      if (batch.length > 0) await world.consume(gate, batch);
      if (row) await world.appendLog(gate, row);
    });
    producers--;
    if (end !== 'done') budget.kills--;
    if (end !== 'done' || happens('redeliveries', 0.2)) {
      queue.push(...batch);
      if (row) logs.push(row);
    }
  };
  /** As a Lambda instance, it remembers between batches, until it is killed or given up. */
  const instances: { gate: Gate; compactor: Compactor }[] = [];
  const newInstance = (shard: number) => {
    const instance = { gate: async () => {} } as (typeof instances)[number];
    instance.compactor = world.newCompactor(() => instance.gate());
    instances[shard] = instance;
    return instance;
  };
  const compact = async (shard: number): Promise<void> => {
    const from = positions[shard] ?? 0;
    const records = world.streams[shard]?.slice(from, from + 1 + random.below(2)) ?? [];
    busy.add(shard);
    const instance = instances[shard] ?? newInstance(shard);
    const run = scheduler.start(async (gate) => {
      instance.gate = gate;
      const { resumeAt } = await compactRecords(instance.compactor, records);
      if (resumeAt) throw new Error('to be resumed');
    });
    // A batch that is given up as timed out is delivered again while its first run goes on.
    if (happens('timeouts', 0.5)) {
      await scheduler.settle();
      delete instances[shard];
      busy.delete(shard);
      return;
    }
    if ((await run) === 'done') positions[shard] = from + records.length;
    else {
      budget.kills--;
      delete instances[shard];
    }
    busy.delete(shard);
  };
  const startWork = (): void => {
    if (producers < 2 && queue.length + logs.length > 0 && random.next() < 0.15) void produce();
    for (const shard of shards) {
      if (busy.has(shard) || random.next() < 0.5) continue;
      if ((world.streams[shard]?.length ?? 0) > (positions[shard] ?? 0)) void compact(shard);
    }
  };
  const isWorkLeft = (): boolean =>
    queue.length + logs.length + producers + busy.size > 0 ||
    shards.some((shard) => (world.streams[shard]?.length ?? 0) > (positions[shard] ?? 0));

  for (let moved = true; moved || isWorkLeft(); ) {
    startWork();
    await scheduler.settle();
    if (random.next() < 0.04) clock.advance(random.pick(pauses));
    moved = scheduler.step(budget.kills > 0 ? 0.02 : 0);
    if (!moved && isWorkLeft()) await scheduler.settle();
  }

  clock.advance(3 * 86_400_000);
  const silent = world.newCompactor(async () => {});
  await silent.settle('acme');
  const [from, to] = [minuteOf(midnight) - 1440, minuteOf(midnight) + 1440];
  for (const resolution of [1, 15, 1440]) {
    const counted: Counts = new Map();
    for (const link of links) {
      const found = await readCounts(world, { workspace: 'acme', link, from, to, resolution });
      for (const each of found)
        mergeCounts(counted, new Map([[link, each]]), Math.min(15, resolution));
    }
    const right: Counts = new Map();
    mergeCounts(right, tallyClicks(expected), Math.min(15, resolution));
    if (readable(counted) !== readable(right)) {
      return `seed ${seed}, slots of ${resolution}: ${readable(counted)} is not ${readable(right)}`;
    }
  }
  return undefined;
};
