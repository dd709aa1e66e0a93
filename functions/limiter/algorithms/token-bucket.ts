import type { ReadNumber, Standing } from './standing.ts';

/** Holds `burst` units and regains one every `intervalMicros`. */
export interface TokenBucket {
  readonly algorithm: 'token-bucket';
  readonly name: string;
  readonly burst: number;
  readonly intervalMicros: number;
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
export const bucketAttribute = ({ burst, intervalMicros }: TokenBucket): string =>
  `t_${burst}_${intervalMicros}`;

export const bucketMicros = ({ burst, intervalMicros }: TokenBucket): number =>
  burst * intervalMicros;

/** GCRA: a cost of c fits when max(tat, now) + cT - now <= BT. */
export const assessBucket = (
  bucket: TokenBucket,
  read: ReadNumber,
  nowMicros: number,
  cost: number,
): Standing => {
  const debt = Math.max((read(bucketAttribute(bucket)) ?? 0) - nowMicros, 0);
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
  bucket: TokenBucket,
  read: ReadNumber,
  nowMicros: number,
  cost: number,
): number => Math.max(read(bucketAttribute(bucket)) ?? 0, nowMicros) + cost * bucket.intervalMicros;
