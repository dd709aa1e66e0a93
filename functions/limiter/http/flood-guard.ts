import type { Clock } from '../../kernel/clock.ts';
import { assessBucket, chargeBucket } from '../algorithms/token-bucket.ts';
import { addressSubject } from './address.ts';

export interface FloodAnswer {
  readonly allowed: boolean;
  /** Rounded up; 0 when allowed. */
  readonly retryAfterSeconds: number;
}

/** Keeps one address from flooding this process. Addresses stay in memory, and not for long. */
export interface FloodGuard {
  take(ip: string): FloodAnswer;
}

export interface FloodGuardOptions {
  readonly perMinute: number;
  /** Requests at once. */
  readonly burst: number;
  readonly clock: Clock;
  /** Twice as many are held at most; who is pushed out starts afresh. @default 20,000 */
  readonly maxKeys?: number;
}

/** A token bucket an address, in memory alone: the redirect asks no store and bundles none. */
export const createFloodGuard = ({
  perMinute,
  burst,
  clock,
  maxKeys = 20_000,
}: FloodGuardOptions): FloodGuard => {
  if (!(perMinute >= 1 && burst >= 1 && maxKeys >= 1)) {
    throw new RangeError('perMinute, burst and maxKeys must be at least 1');
  }
  const bucket = {
    algorithm: 'token-bucket',
    name: 'flood',
    burst,
    intervalMicros: Math.ceil(60e6 / perMinute),
  } as const;
  // Two generations: the older one is dropped whole when the younger is full.
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  return {
    take: (ip) => {
      const subject = addressSubject(ip);
      const nowMicros = Math.round(clock.now() * 1000);
      const arrival = young.get(subject) ?? old.get(subject);
      const { fits, retryAfterMicros } = assessBucket(bucket, arrival, nowMicros, 1);
      if (young.size >= maxKeys && !young.has(subject)) {
        old = young;
        young = new Map();
      }
      const owed = fits ? chargeBucket(bucket, arrival, nowMicros, 1) : arrival;
      if (owed !== undefined) young.set(subject, owed);
      return { allowed: fits, retryAfterSeconds: Math.ceil(retryAfterMicros / 1e6) };
    },
  };
};
