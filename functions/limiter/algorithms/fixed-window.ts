import { type Arithmetic, share } from './arithmetic.ts';

/** Admits `limit` units in each aligned window; up to twice that across a boundary. */
export interface FixedWindow {
  readonly algorithm: 'fixed-window';
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

interface Aligned {
  readonly windowSeconds: number;
}

export const windowIndex = ({ windowSeconds }: Aligned, nowMicros: number): number =>
  Math.floor(nowMicros / (windowSeconds * 1e6));

export const windowEndMicros = (window: Aligned, nowMicros: number): number =>
  (windowIndex(window, nowMicros) + 1) * window.windowSeconds * 1e6;

/** Where the count of the window that `nowMicros` lies in is kept: named after the window. */
export const windowAttribute = (window: Aligned, nowMicros: number): string =>
  `w_${window.windowSeconds}_${windowIndex(window, nowMicros)}`;

export const fixedWindow: Arithmetic<FixedWindow> = {
  capacity: ({ limit }) => limit,
  windowMicros: ({ windowSeconds }) => windowSeconds * 1e6,
  assess: (window, { numbers }, nowMicros, cost) => {
    const used = numbers[windowAttribute(window, nowMicros)] ?? 0;
    const untilEnd = windowEndMicros(window, nowMicros) - nowMicros;
    const fits = used + cost <= window.limit;
    return {
      fits,
      remaining: Math.max(window.limit - used, 0),
      resetMicros: untilEnd,
      retryAfterMicros: fits ? 0 : untilEnd,
    };
  },
  charge: (window, { numbers }, nowMicros, cost) => {
    const attribute = windowAttribute(window, nowMicros);
    return [attribute, (numbers[attribute] ?? 0) + cost];
  },
  refund: (window, { takenMicros }, nowMicros, units) =>
    windowIndex(window, takenMicros) >= windowIndex(window, nowMicros)
      ? [windowAttribute(window, takenMicros), units]
      : undefined,
  spentMicros: windowEndMicros,
  divide: (window, parts) => ({ ...window, limit: share(window.limit, parts) }),
};
