import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { formatViewer } from '../../../functions/edge/viewer.ts';
import { createApiHandler } from '../../../functions/http/api-pipeline.ts';
import type { Scope } from '../../../functions/identity/index.ts';
import type { ApiLimiter } from '../../../functions/limiter/index.ts';
import { linkRoutes } from '../../../functions/links/api/link-routes.ts';
import { randomCodeGenerator } from '../../../functions/links/codes/random-code-generator.ts';
import { memoryLinkIndex } from '../../../functions/links/listing/memory-link-index.ts';
import { defaultLinkSettings } from '../../../functions/links/settings.ts';
import { memoryLinkStore } from '../../../functions/links/store/memory-link-store.ts';
import { gatewayEvent, lambdaContext } from '../../support/gateway-event.ts';
import { manualClock } from '../../support/manual-clock.ts';

/** The routes over memory, behind the real pipeline: whoever sends a key is its workspace. */
export const setUpRoutes = () => {
  const store = memoryLinkStore();
  const index = memoryLinkIndex();
  const routes = linkRoutes({
    store,
    index,
    generator: randomCodeGenerator(),
    clock: manualClock(),
    settings: defaultLinkSettings,
    codeKey: 'secret',
  });
  const scopes: Scope[] = ['links:read', 'links:write'];
  const handler = createApiHandler({
    routes,
    authenticate: async ({ authorization = '' }) => ({
      kind: 'authenticated',
      principal: { workspace: authorization, keyId: 'k1', actor: 'key:k1', scopes },
    }),
    limiter: {
      takeForKey: async () => ({ allowed: true, verdicts: [], headers: {} }),
    } as unknown as ApiLimiter,
    originSecrets: ['s'],
  });
  const call = async (
    method: string,
    path: string,
    options: {
      body?: unknown;
      headers?: Record<string, string>;
      query?: Record<string, string>;
      workspace?: string;
    } = {},
  ) => {
    const { body, headers, query, workspace = 'acme' } = options;
    const viewer = { host: 'hop.example', path, requestId: 'r1', ip: '192.0.2.9', seenAt: 1 };
    const event = gatewayEvent({
      method,
      path,
      headers: {
        authorization: workspace,
        'content-type': 'application/json',
        'x-hop-origin': 's',
        'x-hop-viewer': formatViewer(viewer),
        ...headers,
      },
      ...(query && { query }),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await handler(
      event as never,
      lambdaContext,
    )) as APIGatewayProxyStructuredResultV2;
    return {
      status: answer.statusCode,
      headers: answer.headers ?? {},
      body: answer.body ? JSON.parse(answer.body) : undefined,
    };
  };
  return { store, index, call };
};
