import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoLimitStore } from '../../../../functions/limiter/stores/dynamo-limit-store.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { seededRandom } from '../../../support/random.ts';
import { limitsOf, second, start, subjectsOf } from './contract/subject.ts';

let engine: Engine;
let calls: string[] = [];
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'limits' });
});
afterAll(async () => engine.stop());
beforeEach(() => {
  calls = [];
});

/** A process whose calls to the table are listed. */
const open = () => {
  const client = engine.client();
  const send = async (command: object, ...rest: unknown[]) => {
    calls.push(command.constructor.name.replace('ItemCommand', ''));
    return (client.send as (...args: unknown[]) => unknown)(command, ...rest);
  };
  return createDynamoLimitStore({
    client: Object.assign(Object.create(client), { send }),
    tableName: 'limits',
  });
};
const setUp = subjectsOf(open);
/** The calls since it was asked last. */
const spent = () => calls.splice(0);

const each = {
  bucket: limitsOf({
    algorithm: 'token-bucket',
    name: 'burst',
    burst: 3,
    limit: 1,
    windowSeconds: 1,
  }),
  fixed: limitsOf({ algorithm: 'fixed-window', name: 'hour', limit: 3, windowSeconds: 3600 }),
  sliding: limitsOf({ algorithm: 'sliding-window', name: 'minute', limit: 3, windowSeconds: 60 }),
  leases: limitsOf({ algorithm: 'concurrency', name: 'at-once', limit: 3, leaseSeconds: 10 }),
};
const all = Object.values(each).flat();

describe('the writes of createDynamoLimitStore', () => {
  it.each([...Object.entries(each), ['all', all] as const])(
    'are one a decision: %s',
    async (_, limits) => {
      const { kind } = setUp(limits);
      const kinds: string[] = [];
      for (const id of ['a', 'a', 'b', 'c', 'd', 'a']) {
        kinds.push(await kind(start, { requestId: id }));
        expect(spent()).toEqual(['Update']);
      }
      expect(kinds).toEqual(['charged', 'duplicate', 'charged', 'charged', 'denied', 'duplicate']);
    },
  );

  it('are two where another process made the form wrong, and one after that', async () => {
    const { kind } = setUp(each.bucket, 2);
    await kind(start);
    await kind(start + 60 * second, { from: 1 });
    await kind(start + 60 * second, { from: 1 });
    spent();
    // The first process saw a bucket that is idle by now.
    expect(await kind(start + 60 * second)).toBe('charged');
    expect(spent()).toEqual(['Update', 'Update']);
    expect(await kind(start + 61 * second)).toBe('charged');
    expect(spent()).toEqual(['Update']);
  });

  it('are two for a map of leases that this process has not seen, and one after that', async () => {
    const { kind } = setUp(each.leases, 2);
    await kind(start, { requestId: 'a' });
    spent();
    expect(await kind(start, { requestId: 'b', from: 1 })).toBe('charged');
    expect(spent()).toEqual(['Update', 'Update']);
    expect(await kind(start + 10 * second, { requestId: 'c', from: 1 })).toBe('charged');
    expect(spent()).toEqual(['Update']);
  });

  it('are one where leases that were seen have died', async () => {
    const { kind, peek } = setUp(each.leases);
    for (const requestId of ['a', 'b', 'c']) await kind(start, { requestId });
    spent();
    expect(await kind(start + 10 * second, { requestId: 'd' })).toBe('charged');
    expect(await kind(start + 10 * second, { requestId: 'a' })).toBe('charged');
    expect(spent()).toEqual(['Update', 'Update']);
    expect(Object.keys((await peek()).leases)).toHaveLength(2);
  });

  it.each([
    [1, 1],
    [4, 1.01],
  ])('are nearly always one for a sliding window, with %d processes', async (processes, most) => {
    const limits = limitsOf({
      algorithm: 'sliding-window',
      name: 'minute',
      limit: 100,
      windowSeconds: 60,
    });
    const subjects = Array.from({ length: 5 }, () => setUp(limits, processes));
    const { next, below, pick } = seededRandom(processes);
    const kinds = new Set<string>();
    let nowMicros = start;
    const decisions = 3000;
    for (let i = 0; i < decisions; i++) {
      nowMicros += Math.floor(next() * 0.2 * second);
      kinds.add(
        await pick(subjects).kind(nowMicros, { from: below(processes), cost: 1 + below(9) }),
      );
    }
    expect(kinds).toEqual(new Set(['charged', 'denied']));
    const writes = spent().length / decisions;
    expect(writes).toBeGreaterThanOrEqual(1);
    expect(writes).toBeLessThanOrEqual(most);
  });

  it('are two when the steps of a sliding window are too coarse, and one after that', async () => {
    const limits = limitsOf({
      algorithm: 'sliding-window',
      name: 'minute',
      limit: 100,
      windowSeconds: 60,
    });
    const { kind } = setUp(limits, 2);
    await kind(start, { cost: 79 });
    await kind(start + 60 * second, { cost: 1 });
    spent();
    // 79 units weigh 79; the next step weighs 85.
    expect(await kind(start + 60 * second, { cost: 15, from: 1 })).toBe('charged');
    expect(spent()).toEqual(['Update', 'Update']);
    expect(await kind(start + 60 * second, { cost: 5, from: 1 })).toBe('charged');
    expect(await kind(start + 60 * second, { from: 1 })).toBe('denied');
    expect(spent()).toEqual(['Update', 'Update']);
  });

  it('are one for what was charged here, and a read more for what was charged elsewhere', async () => {
    const { take, refund } = setUp(each.bucket, 2);
    for (const requestId of ['a', 'b']) await take(start, { requestId, refundable: true });
    await take(start, { requestId: 'c' });
    spent();
    expect(await refund(start, { requestId: 'a' })).toBe(true);
    expect(spent()).toEqual(['Update']);
    expect(await refund(start, { requestId: 'b', from: 1 })).toBe(true);
    expect(spent()).toEqual(['Get', 'Update']);
    expect(await refund(start, { requestId: 'a', from: 1 })).toBe(false);
    expect(spent()).toEqual(['Get']);
    const receipt = { takenMicros: start, arrivalMicros: start + 3 * second };
    expect(await refund(start, { requestId: 'c', receipt })).toBe(true);
    expect(await refund(start, { requestId: 'c', receipt })).toBe(false);
    expect(spent()).toEqual(['Update', 'Update']);
  });

  it('do not bring back a window that was removed', async () => {
    const { take, reset, refund, numbers } = setUp(each.fixed, 2);
    await take(start, { requestId: 'a', refundable: true });
    await reset(1);
    await take(start + 3600 * second, { requestId: 'a', refundable: true, from: 1 });
    // Known here with the time of the first charge, which is no more.
    expect(await refund(start + 3600 * second, { requestId: 'a' })).toBe(true);
    expect(Object.values(await numbers())).toEqual([0]);
  });

  it('are one to release, to renew and to reset', async () => {
    const { take, release, renew, reset } = setUp(all);
    await take(start, { requestId: 'a' });
    spent();
    await renew(start, 'a');
    await release(start, 'a');
    await release(start, 'a');
    await reset();
    expect(spent()).toEqual(['Update', 'Update', 'Update', 'Delete']);
  });
});
