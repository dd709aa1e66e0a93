import { describe, expect, it, vi } from 'vitest';
import { createLookUp } from '../../../functions/identity/look-up.ts';
import { manualClock } from '../../support/manual-clock.ts';

const setUp = (first: string | undefined = 'value') => {
  const clock = manualClock();
  const load = vi.fn(async (): Promise<string | undefined> => first);
  const find = createLookUp({ load, clock, maxNames: 10 });
  return { clock, load, find };
};

describe('createLookUp', () => {
  it('believes what it found for 30 s, and that there is nothing for 5 s', async () => {
    for (const [first, lasts] of [
      ['value', 30_000],
      [undefined, 5_000],
    ] as const) {
      const { clock, load, find } = setUp();
      load.mockResolvedValue(first);
      expect(await find('a')).toBe(first);
      clock.advance(lasts - 1);
      await find('a');
      expect(load).toHaveBeenCalledTimes(1);
      clock.advance(1);
      await find('a');
      expect(load).toHaveBeenCalledTimes(2);
    }
  });

  it('goes on with what it found for 15 minutes while the store is down', async () => {
    const { clock, load, find } = setUp();
    await find('a');
    load.mockRejectedValue(new Error('down'));
    clock.advance(15 * 60_000 - 1);
    expect(await find('a')).toBe('value');
    clock.advance(1001);
    await expect(find('a')).rejects.toThrow('down');
  });

  it('never takes nothing for an answer while the store is down', async () => {
    const { clock, load, find } = setUp();
    load.mockResolvedValue(undefined);
    await find('a');
    load.mockRejectedValue(new Error('down'));
    clock.advance(5_000);
    await expect(find('a')).rejects.toThrow('down');
  });

  it('asks a store that is down once a second for each name, and recovers', async () => {
    const { clock, load, find } = setUp();
    load.mockRejectedValue(new Error('down'));
    for (let i = 0; i < 3; i++) await expect(find('a')).rejects.toThrow('down');
    await expect(find('b')).rejects.toThrow('down');
    expect(load).toHaveBeenCalledTimes(2);
    load.mockResolvedValue('again');
    clock.advance(999);
    await expect(find('a')).rejects.toThrow('down');
    clock.advance(1);
    expect(await find('a')).toBe('again');
  });
});
