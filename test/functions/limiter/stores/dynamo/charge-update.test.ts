import { describe, expect, it } from 'vitest';
import type { Limit } from '../../../../../functions/limiter/algorithms/limit.ts';
import { chargeId } from '../../../../../functions/limiter/algorithms/request-ids.ts';
import { toAttribute } from '../../../../../functions/limiter/stores/dynamo/attribute-values.ts';
import { toChargeUpdate } from '../../../../../functions/limiter/stores/dynamo/charge-update.ts';
import { firstGuess } from '../../../../../functions/limiter/stores/dynamo/stranger-forms.ts';
import { toSighting, unseen } from '../../../../../functions/limiter/stores/limit-item.ts';
import type { Charge } from '../../../../../functions/limiter/stores/limit-store.ts';
import { limitsOf } from '../contract/subject.ts';

const now = Date.UTC(2026, 0, 1, 12) * 1000;
const bucket = limitsOf({
  algorithm: 'token-bucket',
  name: 'burst',
  burst: 10,
  limit: 1,
  windowSeconds: 1,
});
const fixed = limitsOf({ algorithm: 'fixed-window', name: 'a', limit: 1e9, windowSeconds: 86_400 });
const slidings = [60, 3600, 86_400].flatMap((windowSeconds) =>
  limitsOf({
    algorithm: 'sliding-window',
    name: `s-${windowSeconds}`,
    limit: 999_999_999,
    windowSeconds,
  }),
);
const leases = limitsOf({ algorithm: 'concurrency', name: 'c', limit: 50, leaseSeconds: 9 });
const everything = [...bucket, ...fixed, ...slidings, ...leases];

const update = (limits: readonly Limit[], rest: Partial<Charge> = {}, seen = unseen) => {
  const charge = { key: 'k', limits, cost: 1, nowMicros: now, requestId: 'r', ...rest };
  const input = toChargeUpdate('limits', charge, seen, seen === unseen ? firstGuess : undefined);
  const { UpdateExpression = '', ConditionExpression = '' } = input;
  const values = input.ExpressionAttributeValues ?? {};
  return { update: UpdateExpression, condition: ConditionExpression, values, input };
};
const ends = (count: number, end: number, name: string) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${name}${i}`, end]));
const crowded = toSighting({
  numbers: Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [
      [`r_stale${i}`, 1 + i],
      [`a_stale${i}`, 1],
    ]).flat(),
  ),
  idSets: {},
  leases: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`dead${i}`, 1])),
});

describe('toChargeUpdate', () => {
  it.each([
    ['leases', everything, {}],
    ['a record', everything.filter((limit) => limit !== leases[0]), { refundable: true }],
    ['an id', everything.filter((limit) => limit !== leases[0]), {}],
  ])('stays within what DynamoDB accepts, with all algorithms and %s', (_, limits, rest) => {
    const full = update(limits, rest, crowded);
    for (const expression of [full.update, full.condition]) {
      expect(expression.length).toBeLessThan(4096);
      const operators = expression.match(/[=<>+]+|\b(?:AND|OR|NOT|\w+\()/g) ?? [];
      expect(operators.length).toBeLessThan(300);
    }
    expect(full.condition).not.toContain('BETWEEN');
  });

  it('writes no parentheses around parentheses, which DynamoDB refuses', () => {
    const one = { algorithm: 'sliding-window', name: 's', limit: 1, windowSeconds: 60 } as const;
    expect(update(limitsOf(one)).condition).toMatch(/^\(NOT [^(]*\) AND NOT contains/);
  });

  it('names and fills in nothing that it does not use', () => {
    for (const [limits, seen] of [
      [everything, unseen],
      [everything, crowded],
      [fixed, unseen],
      [slidings, crowded],
    ] as const) {
      for (const rest of [{}, { refundable: true }]) {
        const { input, condition, values, ...rest_ } = update(limits, rest, seen);
        const used = new Set(`${rest_.update} ${condition}`.match(/[#:]\w+/g));
        const given = [
          ...Object.keys(input.ExpressionAttributeNames ?? {}),
          ...Object.keys(values),
        ];
        expect(new Set(given)).toEqual(used);
      }
    }
  });

  it('records a refundable charge with the arrival time that the bucket gets', () => {
    const busy = update(bucket, { refundable: true });
    expect(busy.condition).toContain('NOT #r > :over');
    expect(busy.condition).not.toContain('contains');
    const arrival = 'if_not_exists(t_10_1000000, :now) + :price';
    expect(busy.update).toContain(`t_10_1000000 = ${arrival}`);
    expect(busy.update).toContain(`#a = ${arrival}`);
    const id = chargeId('r', 1);
    expect(busy.input.ExpressionAttributeNames).toMatchObject({ '#r': `r_${id}`, '#a': `a_${id}` });
    const idle = toSighting({ numbers: { t_10_1000000: 1 }, idSets: {}, leases: undefined });
    expect(update(bucket, { refundable: true }, idle).update).toContain('#a = :arrival');
    expect(update(fixed, { refundable: true }).update).not.toContain('#a');
  });

  it('records no more than 128 live charges, and knows the others all the same', () => {
    const holding = (takenMicros: number) => ({
      ...unseen,
      takenMicros: Array.from({ length: 128 }, () => takenMicros),
    });
    const full = update(bucket, { refundable: true }, holding(now - 600e6 + 1));
    expect(full.update).not.toContain('#r');
    expect(full.condition).toContain('NOT #r > :over');
    expect(update(bucket, { refundable: true }, holding(now - 600e6)).update).toContain(
      '#r = :now',
    );
  });

  it('removes a record that is over only while it still is', () => {
    const { update: expression, condition, input } = update(bucket, { refundable: true }, crowded);
    expect(expression.match(/#x\d+/g)).toHaveLength(20);
    expect(condition.match(/NOT #y\d+ > :over/g)).toHaveLength(10);
    const guards = Object.entries(input.ExpressionAttributeNames ?? {});
    expect(guards.find(([alias]) => alias.startsWith('#y'))?.[1]).toMatch(/^r_stale/);
  });

  it('lets an item outlive its records and its leases', () => {
    const ttl = (limits: readonly Limit[], rest = {}) => update(limits, rest).values[':ttl'];
    expect(ttl(bucket)).toEqual({ N: `${now / 1e6 + 10 + 120}` });
    expect(ttl(bucket, { refundable: true })).toEqual({ N: `${now / 1e6 + 600 + 120}` });
    expect(ttl(leases)).toEqual({ N: `${now / 1e6 + 9 + 120}` });
    expect(ttl(slidings.slice(0, 1))).toEqual({ N: `${now / 1e6 + 2 * 60 + 120}` });
  });

  it('asks of a map with room for its size alone, and of dead leases only that they still are', () => {
    const seen = { ...unseen, leases: { ...ends(2, 1, 'dead'), ...ends(3, now + 1, 'live') } };
    expect(update(leases, {}, seen).condition).toBe(
      'attribute_not_exists(#l.#i) AND NOT #l.#e0 > :now AND NOT #l.#e1 > :now AND size(#l) < :room',
    );
  });

  it('takes the place of one dead lease in a full map, or any that is free by then', () => {
    const full = { ...ends(30, 1, 'dead'), ...ends(20, now + 1, 'live') };
    const chosen = ['r', 's', 't', 'u'].map((requestId) => {
      const { condition, values, input } = update(
        leases,
        { requestId },
        { ...unseen, leases: full },
      );
      expect(condition).toMatch(
        /\(size\(#l\) < :room OR \(size\(#l\) < :places AND #l.#e0 <= :now\)\)$/,
      );
      expect(values).toMatchObject({ ':room': { N: '50' }, ':places': { N: '51' } });
      return input.ExpressionAttributeNames?.['#e0'];
    });
    expect(new Set(chosen).size).toBeGreaterThan(1);
  });

  it('swaps the whole map where more dead leases are in the way than one update can name', () => {
    const limits = limitsOf({ algorithm: 'concurrency', name: 'c', limit: 20, leaseSeconds: 9 });
    const seen = { ...unseen, leases: { ...ends(45, 1, 'dead'), ...ends(3, now + 1, 'live') } };
    const { condition, values } = update(limits, {}, seen);
    expect(condition).toBe('#l = :seen');
    expect(values[':seen']).toEqual(toAttribute(seen.leases));
    expect(Object.keys(values[':fresh']?.M ?? {})).toHaveLength(4);
  });

  it('needs a request id for a lease', () => {
    expect(() => update(leases, { requestId: undefined })).toThrow(TypeError);
  });
});
