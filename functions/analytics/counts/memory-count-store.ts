import type { CountChunk } from './chunk.ts';
import type { CountStore } from './count-store.ts';
import { type Period, periodOf } from './unit.ts';

export const memoryCountStore = (): CountStore => {
  const chunks = new Map<string, CountChunk>();
  const inPeriod = (period: Period): CountChunk[] =>
    [...chunks.values()].filter(
      (chunk) =>
        chunk.workspace === period.workspace &&
        chunk.level === period.level &&
        periodOf(chunk).start === period.start,
    );
  return {
    put: async (chunk) => {
      const key = `${chunk.level}#${chunk.start}#${chunk.prefix}#${chunk.workspace}`;
      if ((chunks.get(key)?.segments ?? 0) > chunk.segments) return false;
      chunks.set(key, chunk);
      return true;
    },
    readPeriod: async (period) => inPeriod(period),
    readSlice: async (period, { prefix, from, to }) =>
      inPeriod(period).filter(
        (chunk) => chunk.prefix === prefix && chunk.start >= from && chunk.start <= to,
      ),
  };
};
