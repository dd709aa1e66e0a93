import type { ChargingParts } from '../../../functions/limiter/charging/item-charger.ts';
import { createDenyCache, type DenyCache } from '../../../functions/limiter/guards/deny-cache.ts';
import { createInsurance } from '../../../functions/limiter/guards/insurance.ts';
import type { LimitStore } from '../../../functions/limiter/stores/limit-store.ts';

const insurance = createInsurance({ maxKeys: 1 });

/** Parts of a charger whose store always answers. */
export const chargingParts = (
  store: LimitStore,
  denyCache: DenyCache = createDenyCache({ maxKeys: 100 }),
): ChargingParts => ({
  guard: {
    attempt: async (call) => ({
      kind: 'answered',
      value: await call(store, new AbortController().signal),
    }),
  },
  denyCache,
  insurance,
  count: () => {},
});
