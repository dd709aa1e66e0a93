import { parseWith } from '../../http/parse-request.ts';
import { problemResponse } from '../../http/problem.ts';
import { defineRoute } from '../../http/route.ts';
import { AppError } from '../../kernel/errors.ts';
import { checkBatch } from '../check-batch.ts';
import { type ChargePorts, checkLimits } from '../check-limits.ts';
import { batchedCheckSchema, batchSchema } from './check-schemas.ts';
import { noQuerySchema } from './policy-schemas.ts';
import { presentDecision } from './present-decision.ts';

/** A fault of one check, in the members of a problem that tell it. */
const presentFault = (error: unknown, requestId: string) => {
  // What nobody foresaw is the whole request's fault, and is logged there.
  if (!(error instanceof AppError)) throw error;
  const { body, status } = problemResponse(error, requestId);
  const { code, detail, errors } = body as Record<string, unknown>;
  return { error: { status, code, detail, ...(errors !== undefined && { errors }) } };
};

/** Up to 20 checks at once. Charged to the API key as one request: its body is not read by then. */
export const batchRoute = (ports: ChargePorts) =>
  defineRoute({
    method: 'POST',
    path: '/v1/limits/check',
    scope: 'limits:check',
    limit: 'checks',
    body: batchSchema,
    query: noQuerySchema,
    handle: async ({ principal: { workspace }, body: { checks }, requestId }) => {
      const results = await checkBatch(checks, async (check) => {
        const parsed = parseWith(batchedCheckSchema, check, 'check');
        return checkLimits(ports, workspace, parsed);
      });
      return {
        status: 200,
        body: {
          results: results.map((result) =>
            result.status === 'fulfilled'
              ? presentDecision(result.value.decision, result.value.requestId)
              : presentFault(result.reason, requestId),
          ),
        },
      };
    },
  });
