import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { CountStore } from '../../../../functions/analytics/counts/count-store.ts';
import type { LedgerStore } from '../../../../functions/analytics/counts/ledger.ts';
import { statsRoute } from '../../../../functions/analytics/stats/stats-route.ts';
import { formatViewer } from '../../../../functions/edge/viewer.ts';
import { createApiHandler } from '../../../../functions/http/api-pipeline.ts';
import type { Scope } from '../../../../functions/identity/index.ts';
import type { Clock } from '../../../../functions/kernel/clock.ts';
import type { ApiLimiter } from '../../../../functions/limiter/index.ts';
import type { Link } from '../../../../functions/links/index.ts';
import { gatewayEvent, lambdaContext } from '../../../support/gateway-event.ts';

export interface StatsStores {
  readonly counts: CountStore;
  readonly ledgers: LedgerStore;
  readonly clock: Clock;
}

/** The route behind the real pipeline; the workspace `acme` owns every link that starts with `l`. */
export const callStats = (stores: StatsStores, scopes: readonly Scope[] = ['stats:read']) => {
  const route = statsRoute({
    ...stores,
    links: {
      findOwned: async (workspace, id) =>
        workspace === 'acme' && id.startsWith('l') ? ({ id } as Link) : undefined,
    },
  });
  const handler = createApiHandler({
    routes: [route],
    authenticate: async ({ authorization = '' }) => ({
      kind: 'authenticated',
      principal: { workspace: authorization, keyId: 'k1', actor: 'key:k1', scopes: [...scopes] },
    }),
    limiter: {
      takeForKey: async () => ({ allowed: true, headers: {} }),
    } as unknown as ApiLimiter,
    originSecrets: ['s'],
  });
  return async (
    link: string,
    query: Record<string, string> = {},
    { workspace = 'acme', headers = {} }: { workspace?: string; headers?: object } = {},
  ) => {
    const path = `/v1/links/${link}/stats`;
    const viewer = { host: 'hop.example', path, requestId: 'r1', ip: '192.0.2.9', seenAt: 1 };
    const event = gatewayEvent({
      path,
      ...(Object.keys(query).length > 0 && { query }),
      headers: {
        authorization: workspace,
        'x-hop-origin': 's',
        'x-hop-viewer': formatViewer({ ...viewer, rawPath: path } as never),
        ...headers,
      },
    });
    const answer = (await handler(
      event as never,
      lambdaContext,
    )) as APIGatewayProxyStructuredResultV2;
    return {
      status: answer.statusCode,
      headers: answer.headers ?? {},
      // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, member by member
      body: (answer.body === undefined ? undefined : JSON.parse(answer.body)) as any,
    };
  };
};
