import { type Arithmetic, share } from './arithmetic.ts';
import { windowEndMicros, windowIndex } from './fixed-window.ts';

/**
 * Admits about `limit` units in any window: the aligned window before counts by the part of it that
 * is still in sight. As its units are taken to have come evenly, up to twice the limit less one
 * can pass in the worst window (`npm run simulate:limiter`).
 */
export interface SlidingWindow {
  readonly algorithm: 'sliding-window';
  readonly name: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Where the count of an aligned window is kept: `back` 0 is the current one, 1 the one before. */
export const slidingAttribute = (window: SlidingWindow, nowMicros: number, back: 0 | 1): string =>
  `s_${window.windowSeconds}_${windowIndex(window, nowMicros) - back}`;

/** units x part / whole, rounded down: exact beyond 2^53 too, so that waits and weights agree. */
const scale = (units: number, part: number, whole: number): number => {
  const product = units * part;
  return Number.isSafeInteger(product)
    ? Math.floor(product / whole)
    : Number((BigInt(units) * BigInt(part)) / BigInt(whole));
};

const windowMicrosOf = ({ windowSeconds }: SlidingWindow): number => windowSeconds * 1e6;

/** What `previous` units of the window before still weigh. Rounded up: never too lenient. */
export const weigh = (window: SlidingWindow, previous: number, nowMicros: number): number => {
  const windowMicros = windowMicrosOf(window);
  const sinceStart = windowMicros - (windowEndMicros(window, nowMicros) - nowMicros);
  return previous - scale(previous, sinceStart, windowMicros);
};

/** No count is higher: limits end at 1e9. */
const mostUnits = 1e12;

/** The most units of the window before, up to 1e12, that weigh no more than `weight`. */
export const mostThatWeigh = (window: SlidingWindow, weight: number, nowMicros: number): number => {
  const untilEnd = windowEndMicros(window, nowMicros) - nowMicros;
  return Math.min(scale(weight, windowMicrosOf(window), untilEnd), mostUnits);
};

/** Time from a window's start until `previous` units of the one before weigh at most `room`. */
const untilWeighs = (window: SlidingWindow, previous: number, room: number): number =>
  previous <= room ? 0 : windowMicrosOf(window) - scale(room, windowMicrosOf(window), previous);

export const slidingWindow: Arithmetic<SlidingWindow> = {
  capacity: ({ limit }) => limit,
  windowMicros: ({ windowSeconds }) => windowSeconds * 1e6,
  assess: (window, { numbers }, nowMicros, cost) => {
    const current = numbers[slidingAttribute(window, nowMicros, 0)] ?? 0;
    const previous = numbers[slidingAttribute(window, nowMicros, 1)] ?? 0;
    const used = current + weigh(window, previous, nowMicros);
    const windowMicros = window.windowSeconds * 1e6;
    const untilEnd = windowEndMicros(window, nowMicros) - nowMicros;
    const sinceStart = windowMicros - untilEnd;
    const fits = used + cost <= window.limit;
    const retryAfterMicros =
      current + cost <= window.limit
        ? untilWeighs(window, previous, window.limit - cost - current) - sinceStart
        : untilEnd + untilWeighs(window, current, window.limit - cost);
    return {
      fits,
      remaining: Math.max(window.limit - used, 0),
      resetMicros: current > 0 ? untilEnd + windowMicros : untilEnd,
      retryAfterMicros: fits ? 0 : Math.max(retryAfterMicros, 1),
    };
  },
  charge: (window, { numbers }, nowMicros, cost) => {
    const attribute = slidingAttribute(window, nowMicros, 0);
    return [attribute, (numbers[attribute] ?? 0) + cost];
  },
  refund: (window, { takenMicros }, nowMicros, units) =>
    windowIndex(window, takenMicros) >= windowIndex(window, nowMicros) - 1
      ? [slidingAttribute(window, takenMicros, 0), units]
      : undefined,
  spentMicros: (window, nowMicros) =>
    windowEndMicros(window, nowMicros) + window.windowSeconds * 1e6,
  divide: (window, parts) => ({ ...window, limit: share(window.limit, parts) }),
};
