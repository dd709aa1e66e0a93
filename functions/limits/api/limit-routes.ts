import type { Route } from '../../http/route.ts';
import type { ChargePorts } from '../check-limits.ts';
import type { ManagePorts } from '../manage/manage-ports.ts';
import type { PolicyBook } from '../policy-book.ts';
import { checkRoutes } from './check-routes.ts';
import { overrideRoutes } from './override-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { settleRoutes } from './settle-routes.ts';

/** The routes of /v1/limits over the ports they need. */
export const limitRoutes = (
  ports: ManagePorts & ChargePorts & { readonly book: PolicyBook },
): readonly Route[] => [
  ...policyRoutes(ports),
  ...overrideRoutes(ports),
  ...checkRoutes(ports),
  ...settleRoutes(ports),
];
