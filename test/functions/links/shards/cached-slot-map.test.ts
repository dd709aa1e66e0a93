import { describe, expect, it, vi } from 'vitest';
import { cachedSlotMap } from '../../../../functions/links/shards/cached-slot-map.ts';
import { evenSlotMap } from '../../../../functions/links/shards/slot-map.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const tables = ['a', 'b'];
const stored = (version: number, table = 'b') => ({
  version,
  ranges: [{ from: 0, to: 16_383, table }],
});

const setup = (answer: unknown = undefined) => {
  const clock = manualClock();
  const read = vi.fn(async (): Promise<unknown> => answer);
  const onFailure = vi.fn();
  return { clock, read, onFailure, source: cachedSlotMap({ tables, read, clock, onFailure }) };
};

/** Lets what runs in the background come to its end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('cachedSlotMap', () => {
  it('holds the even map at once, and the stored one as soon as it is read', async () => {
    const { source } = setup(stored(3));
    expect(source.current()).toEqual(evenSlotMap(tables));
    await settle();
    expect(source.current()).toEqual(stored(3));
  });

  it('keeps the even map where none is stored', async () => {
    const { source } = setup();
    expect(await source.atMost(0)).toEqual(evenSlotMap(tables));
  });

  it('waits for a first map where asked to', async () => {
    const { source } = setup(stored(1));
    expect(await source.atMost(60_000)).toEqual(stored(1));
  });

  it('reads once a minute however often it is asked', async () => {
    const { clock, read, source } = setup(stored(1));
    for (let second = 0; second < 120; second++) {
      source.current();
      await settle();
      clock.advance(1000);
    }
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('shares one read among all who wait', async () => {
    const { read, source } = setup(stored(1));
    await Promise.all([source.atMost(0), source.atMost(0), source.atMost(0)]);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it('answers at once from an old map while the new one is on its way', async () => {
    const { clock, read, source } = setup(stored(1));
    await source.atMost(0);
    clock.advance(61_000);
    read.mockReturnValue(new Promise(() => {}));
    expect(source.current()).toEqual(stored(1));
    expect(read).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['cannot be read', () => Promise.reject(new Error('down'))],
    ['has a gap', async () => ({ version: 9, ranges: [{ from: 1, to: 16_383, table: 'a' }] })],
    ['names a strange table', async () => stored(9, 'strange')],
  ])('keeps what it holds when the map %s', async (_name, answer) => {
    const { clock, read, onFailure, source } = setup(stored(2));
    await source.atMost(0);
    clock.advance(61_000);
    read.mockImplementation(answer);
    expect(await source.atMost(60_000)).toEqual(stored(2));
    expect(onFailure).toHaveBeenCalledOnce();
  });

  it('leaves a store that fails alone for a second', async () => {
    const { clock, read, source } = setup();
    read.mockRejectedValue(new Error('down'));
    await source.atMost(0);
    await source.atMost(0);
    expect(read).toHaveBeenCalledTimes(1);
    clock.advance(1001);
    await source.atMost(0);
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('never goes back to an older version', async () => {
    const { clock, read, source } = setup(stored(5));
    await source.atMost(0);
    clock.advance(61_000);
    read.mockResolvedValue(stored(4, 'a'));
    expect(await source.atMost(0)).toEqual(stored(5));
  });
});
