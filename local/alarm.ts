import type { Clock } from '../functions/kernel/clock.ts';

/** Rings once at the time that was set last. */
export interface Alarm {
  /** Epoch milliseconds of the injected clock; undefined takes the alarm back. */
  set(at: number | undefined): void;
  /** For who moved the clock by hand: rings now if the time has come. */
  check(): void;
}

const longestTimerMs = 2 ** 31 - 1;

export const createAlarm = (clock: Clock, ring: () => void): Alarm => {
  let at: number | undefined;
  let timer: NodeJS.Timeout | undefined;

  const arm = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (at === undefined) return;
    const waitMs = Math.min(Math.max(at - clock.now(), 1), longestTimerMs);
    timer = setTimeout(check, waitMs);
    timer.unref();
  };
  const check = (): void => {
    const hasCome = at !== undefined && clock.now() >= at;
    if (hasCome) at = undefined;
    arm();
    if (hasCome) ring();
  };
  return {
    set: (time) => {
      at = time;
      arm();
    },
    check,
  };
};
