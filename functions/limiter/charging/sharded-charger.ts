import QuickLRU from 'quick-lru';
import { placeOf } from '../../kernel/hashing.ts';
import { assess, capacity, chargeAll } from '../algorithms/limit.ts';
import { emptyState, type SubjectState } from '../algorithms/subject-state.ts';
import { countsOf } from '../guards/remembered-state.ts';
import type { LimiterMetric } from '../metric.ts';
import type { Outcome, Request } from '../outcome.ts';
import { dividePolicy, type Policy } from '../policy.ts';
import type { Decision, Reason } from '../verdict.ts';
import type { Charger } from './charger.ts';
import { type ChargingParts, createItemCharger } from './item-charger.ts';
import { wholeVerdicts } from './whole-verdicts.ts';

export interface ShardedChargerOptions extends ChargingParts {
  /** From 0 up to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Parts whose last state is remembered. @default 20,000 */
  readonly maxKeys?: number;
}

export const shardKey = (key: string, shard: number): string => `${key}/${shard}`;

/** Where a subject's state is kept: one item, or one a shard. */
export const itemKeys = (shards: number, key: string): readonly string[] =>
  shards === 1 ? [key] : Array.from({ length: shards }, (_, shard) => shardKey(key, shard));

/** The item that a request with an id is charged to. */
export const itemKeyOf = (shards: number, key: string, requestId: string): string =>
  shards === 1 ? key : shardKey(key, shardOf(requestId, shards));

/** The part that a request with an id is charged to, whichever process it reaches. */
export const shardOf = (requestId: string, shards: number): number => placeOf(requestId, shards);

const refusals: ReadonlyMap<Reason, LimiterMetric> = new Map([
  ['denied', 'LimiterDenied'],
  ['denied-by-cache', 'LimiterDeniedByCache'],
  ['shadowed', 'LimiterShadowed'],
]);

/** After this any part has room, however full other processes have made it: any may be chosen then. */
const longestWaitSeconds = ({ policy, nowMicros, cost }: Request): number => {
  const { limits } = dividePolicy(policy, policy.shards);
  const waits = limits.map((limit) => {
    const numbers = Object.fromEntries(chargeAll([limit], emptyState, nowMicros, capacity(limit)));
    return assess(limit, { ...emptyState, numbers }, nowMicros, cost).retryAfterMicros;
  });
  return Math.ceil(Math.max(...waits) / 1e6);
};

/** Part of its limits that a subject has left. */
const room = ({ limits }: Policy, state: SubjectState, nowMicros: number): number =>
  Math.min(...limits.map((l) => assess(l, state, nowMicros, 0).remaining / capacity(l)));

/**
 * Charges a subject that one item cannot carry: parts with their share of the limits, the better of
 * two at random by what was last seen, and the other one when that refuses. A request with an id
 * goes to one part alone, so that its retry finds it there.
 */
export const createShardedCharger = (options: ShardedChargerOptions): Charger => {
  const { count, random = Math.random, maxKeys = 20_000 } = options;
  const seen = new QuickLRU<string, SubjectState>({ maxSize: maxKeys });
  // A part's refusal is not the subject's: that one is counted here.
  const countFaults: ChargingParts['count'] = (metric, ...rest) => {
    if (![...refusals.values()].includes(metric)) count(metric, ...rest);
  };
  const items = createItemCharger({ ...options, count: countFaults });

  const partOf = (request: Request, shard: number): Request => ({
    ...request,
    policy: dividePolicy(request.policy, request.policy.shards),
    key: shardKey(request.key, shard),
  });
  const everyPart = (request: Request): readonly Request[] =>
    Array.from({ length: request.policy.shards }, (_, shard) => partOf(request, shard));
  const stateOf = ({ key }: Request) => seen.get(key) ?? emptyState;

  const choose = (request: Request): readonly Request[] => {
    const { policy, requestId, nowMicros } = request;
    const { shards } = policy;
    if (requestId !== undefined) return [partOf(request, shardOf(requestId, shards))];
    const first = Math.floor(random() * shards);
    const second = (first + 1 + Math.floor(random() * (shards - 1))) % shards;
    const pair = [partOf(request, first), partOf(request, second)];
    const rooms = new Map(pair.map((part) => [part, room(part.policy, stateOf(part), nowMicros)]));
    return pair.sort((a, b) => (rooms.get(b) ?? 0) - (rooms.get(a) ?? 0));
  };

  /** One part's decision in the words of the whole subject. */
  const widen = (request: Request, decision: Decision): Decision => {
    const { policy, nowMicros } = request;
    const states = everyPart(request).map(stateOf);
    const retryAfterSeconds = decision.allowed
      ? 0
      : Math.max(decision.retryAfterSeconds, longestWaitSeconds(request));
    const verdicts = wholeVerdicts(policy, decision.verdicts, states, nowMicros).map((verdict) => ({
      ...verdict,
      retryAfterSeconds: verdict.allowed ? 0 : retryAfterSeconds,
    }));
    return { ...decision, policy, verdicts, retryAfterSeconds };
  };

  const answer = (request: Request, outcome: Outcome): Outcome => {
    // Without the store, the insurance's smaller policy is in force, and counted already.
    if (outcome.state === undefined) return outcome;
    const metric = refusals.get(outcome.decision.reason);
    if (metric !== undefined) count(metric, request.policy.name);
    return { ...outcome, decision: widen(request, outcome.decision) };
  };

  return {
    knowsRetries: true,
    refusal: (request) => {
      const { requestId, policy } = request;
      const parts =
        requestId === undefined
          ? everyPart(request)
          : [partOf(request, shardOf(requestId, policy.shards))];
      let last: Outcome | undefined;
      for (const part of parts) {
        last = items.refusal(part);
        if (last === undefined) return undefined;
      }
      return last && answer(request, last);
    },
    take: async (request) => {
      let last: Outcome | undefined;
      for (const part of choose(request)) {
        last = items.refusal(part) ?? (await items.take(part));
        // A store that does not answer is not asked for another part.
        if (last.state === undefined) break;
        seen.set(part.key, countsOf(last.state));
        if (last.decision.allowed && last.decision.reason !== 'shadowed') break;
      }
      if (last === undefined) throw new RangeError('A sharded policy has at least two shards');
      return answer(request, last);
    },
  };
};
