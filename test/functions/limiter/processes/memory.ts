/**
 * A million keys through one process, over a store that keeps nothing. Tells, in MiB, what its
 * caches have grown to after each tenth of them.
 */
import { bucketAttribute } from '../../../../functions/limiter/algorithms/token-bucket.ts';
import { createLimiter } from '../../../../functions/limiter/limiter.ts';
import { definePolicy } from '../../../../functions/limiter/policy.ts';
import type { LimitStore, StoreAnswer } from '../../../../functions/limiter/stores/limit-store.ts';
import { manualClock } from '../../../support/manual-clock.ts';
import { heapMiB } from '../heap.ts';

const keys = Number(process.argv[2]);
const clock = manualClock();
const limits = [
  { algorithm: 'token-bucket', name: 'burst', burst: 1600, limit: 3600, windowSeconds: 3600 },
] as const;
const [plain, refundable, leased, sharded] = [
  definePolicy({ name: 'plain', limits }),
  definePolicy({ name: 'refundable', limits, refundable: true }),
  definePolicy({ name: 'leased', limits, leased: true }),
  definePolicy({ name: 'sharded', limits, shards: 4 }),
];

/** As much as a subject may have: the requests and the records that a store remembers at most. */
const requestIds = Array.from({ length: 128 }, (_, i) => `id${String(i).padStart(4, '0')}`);
const records = Object.fromEntries(
  requestIds.flatMap((id) => [
    [`r_${id}`, clock.now() * 1000],
    [`a_${id}`, clock.now() * 1000],
  ]),
);
const attributes = [plain, sharded].map(({ limits: [limit] }) => bucketAttribute(limit as never));
let calls = 0;
const answer = (): StoreAnswer => {
  const isDenied = calls++ % 2 === 0;
  const arrival = (clock.now() + (isDenied ? 1e8 : 0)) * 1000;
  const numbers = Object.fromEntries(attributes.map((name) => [name, arrival]));
  // A store parses what it answers anew each time.
  const ids = requestIds.map((id) => `${id}`);
  const full = calls % 50 === 0 ? { ...records, ...numbers } : numbers;
  const state = { numbers: full, requestIds: calls % 50 === 0 ? ids : ids.slice(0, 3), leases: {} };
  return { kind: isDenied ? 'denied' : 'charged', state };
};
const store: LimitStore = {
  take: async () => answer(),
  peek: async () => answer().state,
  refund: async () => true,
  release: async () => true,
  renew: async () => true,
  reset: async () => undefined,
};

const limiter = createLimiter({ store, clock, shared: definePolicy({ name: 'all', limits }) });
// The million share no limit here: the shared one would refuse most of them before they count.
const ownLimiter = createLimiter({ store, clock });
const policies = [plain, refundable, leased, sharded];
const before = heapMiB();
const grown: number[] = [];
let denied = 0;
for (let i = 0; i < keys; i++) {
  const requestId = i % 16 < 4 ? `request-${i}` : undefined;
  const options = requestId === undefined ? {} : { requestId };
  const policy = policies[i % 4] ?? plain;
  const from = i % 100 === 0 ? limiter : ownLimiter;
  const { allowed } = await from.take(policy, `key-of-a-customer-${i}`, options);
  if (!allowed) denied++;
  if ((i + 1) % (keys / 10) === 0) grown.push(heapMiB() - before);
}
process.send?.({ grown, denied });
process.disconnect();
