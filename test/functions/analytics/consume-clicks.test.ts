import { describe, expect, it } from 'vitest';
import { consumeClicks } from '../../../functions/analytics/consume-clicks.ts';
import { memorySegmentStore } from '../../../functions/analytics/segments/memory-segment-store.ts';
import { decodeClicks } from '../../../functions/analytics/segments/segment-codec.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { exampleClick, toMessage } from './example-clicks.ts';

const noon = Date.UTC(2026, 0, 1, 12);
const clock = manualClock(noon);
const day = 86_400_000;

describe('consumeClicks', () => {
  it('appends one segment a workspace and minute', async () => {
    const segments = memorySegmentStore();
    const clicks = [
      exampleClick({ ts: noon - 60_000 }),
      exampleClick({ ts: noon - 59_000 }),
      exampleClick({ ts: noon - 1 }),
      exampleClick({ ts: noon }),
      exampleClick({ ts: noon, workspace: 'other' }),
    ];
    const outcome = await consumeClicks(
      { segments, clock },
      clicks.map((click) => toMessage(click)),
    );
    expect(outcome).toEqual({ failed: [], faults: [], late: 0 });
    const minute = noon / 60_000;
    expect(
      segments.all.map(({ workspace, minute: at, bytes }) => [
        workspace,
        at,
        decodeClicks(bytes).length,
      ]),
    ).toEqual([
      ['acme', minute - 1, 3],
      ['acme', minute, 1],
      ['other', minute, 1],
    ]);
  });

  it.each([
    'not json',
    '{}',
    '',
    'null',
    JSON.stringify({ ...exampleClick(), eid: 'x' }),
    JSON.stringify({ ...exampleClick(), v: 2 }),
  ])('lets a poison message fail alone: %s', async (body) => {
    const segments = memorySegmentStore();
    const { failed } = await consumeClicks({ segments, clock }, [
      toMessage(exampleClick(), 'good'),
      { id: 'poison', body, sentAt: noon },
    ]);
    expect(failed).toEqual(['poison']);
    expect(segments.all).toHaveLength(1);
  });

  it('gives back only the messages of a segment that was not stored', async () => {
    const segments = memorySegmentStore();
    const failing = {
      ...segments,
      append: async (segment: Parameters<typeof segments.append>[0]) => {
        if (segment.workspace === 'throttled') throw new Error('slow down');
        await segments.append(segment);
      },
    };
    const { failed, faults } = await consumeClicks({ segments: failing, clock }, [
      toMessage(exampleClick(), 'a'),
      toMessage(exampleClick({ workspace: 'throttled' }), 'b'),
      toMessage(exampleClick({ workspace: 'throttled' }), 'c'),
    ]);
    expect(failed).toEqual(['b', 'c']);
    expect(faults).toEqual([new Error('slow down')]);
    expect(segments.all).toHaveLength(1);
  });

  it('clamps a time that is ahead to when the queue took it, at every delivery alike', async () => {
    const segments = memorySegmentStore();
    const ahead = { ...toMessage(exampleClick({ ts: noon + day })), sentAt: noon };
    await consumeClicks({ segments, clock }, [ahead]);
    await consumeClicks({ segments, clock: manualClock(noon + day) }, [ahead]);
    expect(segments.all.map(({ minute }) => minute)).toEqual([noon / 60_000, noon / 60_000]);
  });

  it('sets aside what is older than 14 days, and says so', async () => {
    const segments = memorySegmentStore();
    const { late, failed } = await consumeClicks({ segments, clock }, [
      toMessage(exampleClick({ ts: noon - 14 * day })),
      toMessage(exampleClick({ ts: noon - 14 * day - 1 })),
    ]);
    expect({ late, failed }).toEqual({ late: 1, failed: [] });
    expect(segments.all.map(({ minute }) => minute)).toEqual([(noon - 14 * day) / 60_000, 'late']);
  });
});
