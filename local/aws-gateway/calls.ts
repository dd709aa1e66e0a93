/** What invocations cost: requests that reached AWS and the units it would bill. */
export interface Usage {
  invocations: number;
  errors: number;
  dynamodb: number;
  sqs: number;
  /** DynamoDB read and write request units. */
  rru: number;
  wru: number;
  /** Refused by IAM. */
  denied: number;
  /** Requests by action, `dynamodb:GetItem`. */
  actions: Record<string, number>;
}

/** Whom a call is counted for: the function, and the route or event source that it serves. */
export interface Account {
  readonly function: string;
  readonly route: string;
}

export interface CallLog {
  invoked(account: Account, outcome: { readonly ok: boolean }): void;
  called(
    account: Account,
    call: { readonly action: string; readonly rru?: number; readonly wru?: number },
  ): void;
  denied(account: Account): void;
  /** All routes of one function together. */
  of(functionId: string): Usage;
  byRoute(): Record<string, Usage & { function: string }>;
  reset(): void;
}

const emptyUsage = (): Usage => ({
  invocations: 0,
  errors: 0,
  dynamodb: 0,
  sqs: 0,
  rru: 0,
  wru: 0,
  denied: 0,
  actions: {},
});

const addUsage = (sum: Usage, part: Usage): Usage => {
  for (const name of ['invocations', 'errors', 'dynamodb', 'sqs', 'rru', 'wru', 'denied'] as const)
    sum[name] += part[name];
  for (const [action, count] of Object.entries(part.actions))
    sum.actions[action] = (sum.actions[action] ?? 0) + count;
  return sum;
};

export const createCallLog = (): CallLog => {
  const usages = new Map<string, { account: Account; usage: Usage }>();
  const usageOf = (account: Account): Usage => {
    const key = `${account.function} ${account.route}`;
    const entry = usages.get(key) ?? { account, usage: emptyUsage() };
    usages.set(key, entry);
    return entry.usage;
  };
  return {
    invoked: (account, { ok }) => {
      const usage = usageOf(account);
      usage.invocations++;
      if (!ok) usage.errors++;
    },
    called: (account, { action, rru = 0, wru = 0 }) => {
      const usage = usageOf(account);
      usage[action.startsWith('sqs:') ? 'sqs' : 'dynamodb']++;
      usage.rru += rru;
      usage.wru += wru;
      usage.actions[action] = (usage.actions[action] ?? 0) + 1;
    },
    denied: (account) => {
      usageOf(account).denied++;
    },
    of: (functionId) =>
      [...usages.values()]
        .filter(({ account }) => account.function === functionId)
        .reduce((sum, { usage }) => addUsage(sum, usage), emptyUsage()),
    byRoute: () =>
      Object.fromEntries(
        [...usages.values()].map(({ account, usage }) => [
          account.route,
          { function: account.function, ...usage },
        ]),
      ),
    reset: () => usages.clear(),
  };
};
