import { type Arithmetic, type Receipt, type Standing, share } from './arithmetic.ts';

interface Bucket {
  readonly name: string;
  readonly burst: number;
  readonly intervalMicros: number;
}

/** Holds `burst` units and regains one every `intervalMicros`. */
export interface TokenBucket extends Bucket {
  readonly algorithm: 'token-bucket';
}

/**
 * Lets one unit flow out every `intervalMicros` and holds `burst` that wait: what fits is admitted
 * with a delay, so that it flows on evenly (a shaper).
 */
export interface LeakyBucket extends Bucket {
  readonly algorithm: 'leaky-bucket';
}

/**
 * Share of a full bucket by which a stored arrival time may lie in the past and still be charged as
 * busy (stores that cannot take a maximum). Any window W then admits at most B(1 + ε) + W / T.
 */
export const busySlack = 0.05;

/**
 * Where the bucket's theoretical arrival time (microseconds) is kept. The parameters are in the
 * name: a changed limit starts a new bucket instead of locking an exhausted caller out.
 */
export const bucketAttribute = ({ burst, intervalMicros }: Bucket): string =>
  `t_${burst}_${intervalMicros}`;

export const bucketMicros = ({ burst, intervalMicros }: Bucket): number => burst * intervalMicros;

/** GCRA: a cost of c fits when max(tat, now) + cT - now <= BT. */
export const assessBucket = (
  bucket: Bucket,
  arrival: number | undefined,
  nowMicros: number,
  cost: number,
): Standing => {
  const debt = Math.max((arrival ?? 0) - nowMicros, 0);
  const excess = debt + cost * bucket.intervalMicros - bucketMicros(bucket);
  return {
    fits: excess <= 0,
    remaining: Math.max(Math.floor((bucketMicros(bucket) - debt) / bucket.intervalMicros), 0),
    resetMicros: debt,
    retryAfterMicros: Math.max(excess, 0),
  };
};

/** The arrival time once a cost that fits is charged. */
export const chargeBucket = (
  bucket: Bucket,
  arrival: number | undefined,
  nowMicros: number,
  cost: number,
): number => Math.max(arrival ?? 0, nowMicros) + cost * bucket.intervalMicros;

/**
 * Only what is surely still owed of that take. Its own units flow back within cT of it, and until
 * then the bucket cannot have been idle, whatever else was given back meanwhile. The arrival time
 * that it left behind would allow more, but is too late once a take before it was given back: up
 * to 2B could then pass at a time.
 */
const refundBucket = (
  bucket: Bucket,
  { takenMicros, arrivalMicros }: Receipt,
  nowMicros: number,
  units: number,
  cost: number,
): number => {
  const owedUntil = Math.min(arrivalMicros ?? 0, takenMicros + cost * bucket.intervalMicros);
  return Math.min(units * bucket.intervalMicros, Math.max(owedUntil - nowMicros, 0));
};

const arithmeticOf = <B extends Bucket>(): Arithmetic<B> => ({
  capacity: ({ burst }) => burst,
  windowMicros: bucketMicros,
  assess: (bucket, { numbers }, nowMicros, cost) =>
    assessBucket(bucket, numbers[bucketAttribute(bucket)], nowMicros, cost),
  charge: (bucket, { numbers }, nowMicros, cost) => {
    const attribute = bucketAttribute(bucket);
    return [attribute, chargeBucket(bucket, numbers[attribute], nowMicros, cost)];
  },
  refund: (bucket, receipt, nowMicros, units, cost) => {
    const owed = refundBucket(bucket, receipt, nowMicros, units, cost);
    return owed > 0 ? [bucketAttribute(bucket), owed] : undefined;
  },
  spentMicros: (bucket, nowMicros) => nowMicros + bucketMicros(bucket),
  divide: (bucket, parts) => ({
    ...bucket,
    burst: share(bucket.burst, parts),
    intervalMicros: bucket.intervalMicros * parts,
  }),
});

export const tokenBucket: Arithmetic<TokenBucket> = arithmeticOf();
export const leakyBucket: Arithmetic<LeakyBucket> = arithmeticOf();

/** How long a request that has just been charged is to wait for its turn. */
export const delayMicros = (
  bucket: LeakyBucket,
  arrivalMicros: number,
  nowMicros: number,
  cost: number,
): number => Math.max(arrivalMicros - cost * bucket.intervalMicros - nowMicros, 0);
