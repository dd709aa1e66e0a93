import { describe, expect, it } from 'vitest';
import { createCircuitBreaker } from '../../../../functions/limiter/guards/circuit-breaker.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const setUp = () => {
  const clock = manualClock();
  const breaker = createCircuitBreaker({ clock, failures: 3, openMs: 2000 });
  const fail = (times: number) => {
    for (let i = 0; i < times; i++) {
      breaker.enter();
      breaker.failed();
    }
  };
  return { clock, breaker, fail };
};

describe('createCircuitBreaker', () => {
  it('stays closed while failures do not follow one another', () => {
    const { breaker, fail } = setUp();
    fail(2);
    breaker.succeeded();
    fail(2);
    expect(breaker.state()).toBe('closed');
    expect(breaker.enter()).toBe(true);
    expect(breaker.retryAfterMs()).toBe(0);
  });

  it('opens after that many in a row, and lets nothing through', () => {
    const { clock, breaker, fail } = setUp();
    fail(3);
    clock.advance(500);
    expect(breaker.state()).toBe('open');
    expect(breaker.enter()).toBe(false);
    expect(breaker.retryAfterMs()).toBe(1500);
  });

  it('lets one call at a time through when half-open', () => {
    const { clock, breaker, fail } = setUp();
    fail(3);
    clock.advance(2000);
    expect(breaker.state()).toBe('half-open');
    expect([breaker.enter(), breaker.enter(), breaker.enter()]).toEqual([true, false, false]);
  });

  it('closes when that call succeeds', () => {
    const { clock, breaker, fail } = setUp();
    fail(3);
    clock.advance(2000);
    breaker.enter();
    breaker.succeeded();
    expect(breaker.state()).toBe('closed');
    fail(2);
    expect(breaker.state()).toBe('closed');
  });

  it('opens again, for as long, when that call fails', () => {
    const { clock, breaker, fail } = setUp();
    fail(3);
    clock.advance(2000);
    fail(1);
    expect(breaker.state()).toBe('open');
    expect(breaker.retryAfterMs()).toBe(2000);
    clock.advance(2000);
    expect(breaker.enter()).toBe(true);
  });
});
