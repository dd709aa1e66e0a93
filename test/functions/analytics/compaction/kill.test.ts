import { describe, expect, it } from 'vitest';
import { compactRecords } from '../../../../functions/analytics/compaction/compact-records.ts';
import { consumeClicks } from '../../../../functions/analytics/consume-clicks.ts';
import { toMessage } from '../example-clicks.ts';
import { createPipeline, plainCounts } from '../pipeline.ts';
import { day, expectedOf, links, randomClicks, range, start } from './clicks.ts';

describe('consumer and compactor', () => {
  /** The stores of a process that dies at one call, before or after it took effect. */
  const dyingAt = <T extends object>(stores: T, call: number, when: 'before' | 'after'): T => {
    let calls = 0;
    const dying = <S extends object>(store: S): S =>
      new Proxy(store, {
        get: (inner, name) => {
          const member = Reflect.get(inner, name);
          if (typeof member !== 'function') return member;
          return async (...inputs: unknown[]) => {
            const turn = calls++;
            if (turn > call || (turn === call && when === 'before')) throw new Error('killed');
            const result = await member.apply(inner, inputs);
            if (calls > call) throw new Error('killed');
            return result;
          };
        },
      });
    return Object.fromEntries(
      Object.entries(stores).map(([name, store]) => [name, dying(store)]),
    ) as T;
  };

  it('lose and double nothing, whichever call they are killed at', async () => {
    const clicks = randomClicks(9, 12, 3 * 60_000);
    const messages = clicks.map((click) => toMessage(click));
    let kills = 0;
    for (let call = 0; call < 40; call++) {
      for (const when of ['before', 'after'] as const) {
        const pipeline = createPipeline(start + 3 * day);
        const { segments, counts, ledgers, clock } = pipeline;
        const dying = dyingAt({ segments, counts, ledgers }, call, when);
        const { failed } = await consumeClicks({ segments: dying.segments, clock }, messages);
        if (failed.length > 0) {
          kills++;
          await pipeline.consume(messages);
        }
        const killed = await compactRecords(pipeline.newCompactor(dying), pipeline.records);
        if (killed.resumeAt) {
          kills++;
          await compactRecords(pipeline.newCompactor(), pipeline.records);
        }
        const counted = await pipeline.counted(links, { ...range, resolution: 15 });
        expect([call, when, plainCounts(counted)]).toEqual([call, when, expectedOf(clicks, 15)]);
      }
    }
    expect(kills).toBeGreaterThan(40);
  });
});
