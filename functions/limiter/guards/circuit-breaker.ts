import type { Clock } from '../../kernel/clock.ts';

export type BreakerState = 'closed' | 'open' | 'half-open';

export interface CircuitBreaker {
  state(): BreakerState;
  /** Whether a call may be made now; half-open, one call at a time may. */
  enter(): boolean;
  succeeded(): void;
  failed(): void;
  /** Time until a call may be tried again; 0 unless open. */
  retryAfterMs(): number;
}

/**
 * Opens after `failures` calls in a row have failed, so that a store that is down costs its callers
 * the time budget a few times only; lets one call try again after `openMs`.
 */
export const createCircuitBreaker = ({
  clock,
  failures = 5,
  openMs = 2000,
}: {
  readonly clock: Clock;
  readonly failures?: number;
  readonly openMs?: number;
}): CircuitBreaker => {
  let failed = 0;
  let openUntil = 0;
  let isProbing = false;

  const state = (): BreakerState => {
    if (failed < failures) return 'closed';
    return clock.now() < openUntil ? 'open' : 'half-open';
  };
  const open = (): void => {
    openUntil = clock.now() + openMs;
    isProbing = false;
  };
  return {
    state,
    enter: () => {
      const current = state();
      if (current !== 'half-open') return current === 'closed';
      if (isProbing) return false;
      isProbing = true;
      return true;
    },
    succeeded: () => {
      failed = 0;
      isProbing = false;
    },
    failed: () => {
      failed = Math.min(failed + 1, failures);
      if (failed === failures) open();
    },
    retryAfterMs: () => (state() === 'open' ? openUntil - clock.now() : 0),
  };
};
