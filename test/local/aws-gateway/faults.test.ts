import { describe, expect, it } from 'vitest';
import { createFaults } from '../../../local/aws-gateway/faults.ts';

const call = { function: 'Compactor', action: 'dynamodb:PutItem', target: 'Counts' };
const calm = { delayMs: 0 };

describe('createFaults', () => {
  it('does nothing without rules', () => {
    const faults = createFaults();
    expect(faults.strike(call)).toEqual(calm);
    expect(faults.duplicates('ClickQueue')).toBe(false);
  });

  it('strikes the calls that match all that the rule names', () => {
    const faults = createFaults([
      {
        kind: 'failing-call',
        error: 'InternalServerError',
        function: 'Compactor',
        target: 'Counts',
      },
    ]);
    expect(faults.strike(call)).toEqual({ delayMs: 0, error: 'InternalServerError' });
    expect(faults.strike({ ...call, function: 'Redirect' })).toEqual(calm);
    expect(faults.strike({ ...call, target: 'Segments' })).toEqual(calm);
    expect(faults.strike({ ...call, target: undefined })).toEqual(calm);
  });

  it('lets `skip` matches through and then strikes `count` times', () => {
    const faults = createFaults([{ kind: 'worker-death', when: 'after', skip: 2, count: 1 }]);
    const deaths = Array.from({ length: 5 }, () => faults.strike(call).death);
    expect(deaths).toEqual([undefined, undefined, 'after', undefined, undefined]);
    expect(faults.counts().killed).toEqual({ Compactor: 1 });
  });

  it('adds up delays and keeps each kind of fault of one call', () => {
    const faults = createFaults([
      { kind: 'slow-call', delayMs: 30 },
      { kind: 'slow-call', delayMs: 12 },
      { kind: 'failing-call', error: 'ThrottlingException' },
    ]);
    expect(faults.strike(call)).toEqual({ delayMs: 42, error: 'ThrottlingException' });
    expect(faults.counts()).toMatchObject({ slowed: 2, failed: 1 });
  });

  it('duplicates the share of messages that the rule says, the same ones for the same seed', () => {
    const run = () => {
      const faults = createFaults([{ kind: 'duplicate-delivery', probability: 0.1, seed: 7 }]);
      return Array.from({ length: 2000 }, () => faults.duplicates('ClickQueue'));
    };
    const first = run();
    expect(run()).toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(150);
    expect(first.filter(Boolean).length).toBeLessThan(250);
  });

  it('takes rules at run time and takes them back', () => {
    const faults = createFaults();
    const remove = faults.add({ kind: 'duplicate-delivery', target: 'ClickQueue' });
    faults.add({ kind: 'failing-call', error: 'ThrottlingException' });
    expect(faults.duplicates('ClickDlq')).toBe(false);
    expect(faults.duplicates('ClickQueue')).toBe(true);
    remove();
    expect(faults.duplicates('ClickQueue')).toBe(false);
    faults.clear();
    expect(faults.strike(call)).toEqual(calm);
    expect(faults.counts().duplicated).toBe(1);
  });
});
