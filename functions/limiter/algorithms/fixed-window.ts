import type { ReadNumber, Standing } from './standing.ts';

/** Admits `limit` units in each aligned window; up to twice that across a boundary. */
export interface FixedWindow {
  readonly algorithm: 'fixed-window';
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

const windowIndex = ({ windowSeconds }: FixedWindow, nowMicros: number): number =>
  Math.floor(nowMicros / (windowSeconds * 1e6));

/** Where the count of the window that `nowMicros` lies in is kept: named after the window. */
export const windowAttribute = (window: FixedWindow, nowMicros: number): string =>
  `w_${window.windowSeconds}_${windowIndex(window, nowMicros)}`;

export const windowEndMicros = (window: FixedWindow, nowMicros: number): number =>
  (windowIndex(window, nowMicros) + 1) * window.windowSeconds * 1e6;

/** The end of the window that an attribute counts, or undefined for any other attribute. */
export const windowEndOfAttribute = (attribute: string): number | undefined => {
  const match = /^w_(\d+)_(\d+)$/.exec(attribute);
  return match ? (Number(match[2]) + 1) * Number(match[1]) * 1e6 : undefined;
};

export const assessWindow = (
  window: FixedWindow,
  read: ReadNumber,
  nowMicros: number,
  cost: number,
): Standing => {
  const used = read(windowAttribute(window, nowMicros)) ?? 0;
  const untilEnd = windowEndMicros(window, nowMicros) - nowMicros;
  const fits = used + cost <= window.limit;
  return {
    fits,
    remaining: Math.max(window.limit - used, 0),
    resetMicros: untilEnd,
    retryAfterMicros: fits ? 0 : untilEnd,
  };
};
