import { bucketClaims } from './algorithms/bucket-claims.ts';
import { concurrencyClaims } from './algorithms/concurrency-claims.ts';
import { windowClaims } from './algorithms/window-claims.ts';
import { type Claim, type Table, toClaimTable } from './claim.ts';
import { denyCacheFigures } from './hot-keys/deny-cache.ts';
import { shardFigures } from './hot-keys/shards.ts';
import { type ExcessLine, leaseClaims } from './leases/lease-claims.ts';
import { leaseBound } from './leases/lease-storms.ts';
import { leaseWrites, type WritesLine } from './leases/lease-writes.ts';

export interface SimulationOptions {
  readonly seeds: readonly number[];
  readonly fleets: readonly number[];
  /** Part of the load that figures without a bound are measured over. @default 1 */
  readonly shorten?: number;
}

export interface Simulation {
  readonly claims: readonly Claim[];
  readonly tables: readonly Table[];
  readonly plot: {
    readonly fleets: readonly number[];
    readonly bound: number;
    readonly excess: readonly ExcessLine[];
    readonly writes: readonly WritesLine[];
  };
}

const notes = {
  algorithms:
    "The product's arithmetic (functions/limiter/algorithms), and for the two forms the clauses of the DynamoDB store; storms after pauses, from clocks that differ where it says so. The sliding window is the exact weighting, not the eight steps of the DynamoDB store; the design saw 183 of 100 in its worst window, arrivals that know the boundary get 199.",
  concurrency: "The product's memory store (stores/memory-limit-store.ts).",
  leases:
    'A bucket of 20,000 that regains 200 a second, ttl 5 s, clocks 2 s apart: leases are hoarded, the bucket fills again, then all come at once; processes freeze, answers get lost, messages come late and twice. Of a wrong rule, the least excess of all fleet sizes.',
  hotKeys: "The product's sharded charger, item charger and deny cache.",
};

/** Everything that is simulated: the same for the same options. */
export const simulate = async ({
  seeds,
  fleets,
  shorten = 1,
}: SimulationOptions): Promise<Simulation> => {
  const seed = seeds[0] ?? 1;
  const algorithms = [...bucketClaims(seed, fleets), ...windowClaims(seed, fleets)];
  const concurrency = await concurrencyClaims(seed, fleets);
  const leases = await leaseClaims(seeds, fleets);
  const writes = await leaseWrites(seed, fleets, shorten);
  const shards = await shardFigures(seed, 3000 * shorten);
  const denyCache = await denyCacheFigures(seed, fleets, 20_000 * shorten);
  const hotKeys = [shards.claim, ...denyCache.claims];
  return {
    claims: [...algorithms, ...concurrency, ...leases.claims, ...hotKeys],
    tables: [
      toClaimTable('Algorithms', notes.algorithms, algorithms),
      toClaimTable('Concurrency', notes.concurrency, concurrency),
      toClaimTable('Leases', notes.leases, leases.claims),
      toClaimTable('Hot keys', notes.hotKeys, hotKeys),
      writes.table,
      shards.table,
      denyCache.table,
    ],
    plot: { fleets, bound: leaseBound, excess: leases.lines, writes: writes.lines },
  };
};
