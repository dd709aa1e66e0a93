/** How often a rule strikes what it matches. */
interface Chance {
  /** From 0 to 1. @default 1 */
  readonly probability?: number;
  /** Of the rule's own dice. @default 1 */
  readonly seed?: number;
  /** Strikes before the rule is spent. @default no end */
  readonly count?: number;
  /** Matches let through before the first. @default 0 */
  readonly skip?: number;
}

/** Construct ids and an action such as `dynamodb:PutItem`; what is left out matches everything. */
interface CallFilter {
  readonly function?: string;
  readonly action?: string;
  /** A table or a queue. */
  readonly target?: string;
}

export type FaultRule = Chance &
  (
    | { readonly kind: 'duplicate-delivery'; readonly target?: string }
    /** The worker ends before the call takes effect, or after it did and before it is answered. */
    | (CallFilter & { readonly kind: 'worker-death'; readonly when: 'before' | 'after' })
    | (CallFilter & { readonly kind: 'slow-call'; readonly delayMs: number })
    /** `error` as AWS names it: `ProvisionedThroughputExceededException`. */
    | (CallFilter & { readonly kind: 'failing-call'; readonly error: string })
  );

/** A call that a function makes; `target` is absent where the template has no such resource. */
export interface FaultableCall {
  readonly function: string;
  readonly action: string;
  readonly target?: string | undefined;
}

/** What befalls one call. */
export interface Strike {
  readonly delayMs: number;
  readonly error?: string;
  readonly death?: 'before' | 'after';
}

export interface Faults {
  /** Returns how to take the rule back. */
  add(rule: FaultRule): () => void;
  clear(): void;
  /** What has happened since the start. */
  counts(): { duplicated: number; slowed: number; failed: number; killed: Record<string, number> };
  strike(call: FaultableCall): Strike;
  /** Whether a message of this queue is delivered once more. */
  duplicates(queue: string): boolean;
}

/** mulberry32 */
const createDice = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

interface ActiveRule {
  readonly rule: FaultRule;
  strikes(): boolean;
}

const activate = (rule: FaultRule): ActiveRule => {
  const { count = Number.POSITIVE_INFINITY, probability = 1, seed = 1, skip = 0 } = rule;
  const roll = createDice(seed);
  let seen = 0;
  let struck = 0;
  return {
    rule,
    strikes: () => {
      if (struck >= count || seen++ < skip || roll() >= probability) return false;
      struck++;
      return true;
    },
  };
};

const isMatch = (filter: CallFilter, call: FaultableCall): boolean =>
  (filter.function ?? call.function) === call.function &&
  (filter.action ?? call.action) === call.action &&
  (filter.target ?? call.target) === call.target;

const noStrike: Strike = { delayMs: 0 };

export const createFaults = (initial: readonly FaultRule[] = []): Faults => {
  const rules = new Set(initial.map(activate));
  const killed = new Map<string, number>();
  let [duplicated, slowed, failed] = [0, 0, 0];

  return {
    add: (rule) => {
      const active = activate(rule);
      rules.add(active);
      return () => rules.delete(active);
    },
    clear: () => rules.clear(),
    counts: () => ({ duplicated, slowed, failed, killed: Object.fromEntries([...killed].sort()) }),
    strike: (call) => {
      if (rules.size === 0) return noStrike;
      let strike = noStrike;
      for (const { rule, strikes } of rules) {
        if (rule.kind === 'duplicate-delivery' || !isMatch(rule, call) || !strikes()) continue;
        if (rule.kind === 'slow-call') {
          slowed++;
          strike = { ...strike, delayMs: strike.delayMs + rule.delayMs };
        } else if (rule.kind === 'failing-call') {
          failed++;
          strike = { ...strike, error: rule.error };
        } else {
          killed.set(call.function, (killed.get(call.function) ?? 0) + 1);
          strike = { ...strike, death: rule.when };
        }
      }
      return strike;
    },
    duplicates: (queue) => {
      const isHit = [...rules].some(
        ({ rule, strikes }) =>
          rule.kind === 'duplicate-delivery' && (rule.target ?? queue) === queue && strikes(),
      );
      if (isHit) duplicated++;
      return isHit;
    },
  };
};
