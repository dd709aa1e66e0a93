import * as z from 'zod';

const longestKeyBytes = 1024;
const longestRequestId = 255;
const mostLevels = 4;
export const mostChecks = 20;

const controls = /\p{Cc}/u;

const text = (mostBytes: number) =>
  z.string().superRefine((value, context) => {
    const refuse = (code: string, message: string) =>
      context.addIssue({ code: 'custom', message, params: { code } });
    const bytes = Buffer.byteLength(value);
    if (bytes === 0) refuse('too-small', 'must not be empty');
    else if (bytes > mostBytes) refuse('too-large', `has ${bytes} bytes; at most ${mostBytes}`);
    else if (!value.isWellFormed()) refuse('malformed', 'holds half a character');
    else if (controls.test(value)) refuse('malformed', 'holds control characters');
  });

/** Whom to charge: the user's own words. */
export const keySchema = text(longestKeyBytes);

const requestId = text(longestRequestId);

/** Whole and within the policy: the limiter says so, by the same name. */
const cost = z.number();

/** Of something that was or is to be charged. */
const chargedCost = z.number().refine((value) => Number.isSafeInteger(value) && value >= 1, {
  message: 'must be a whole number from 1',
  params: { code: 'out-of-range' },
});

const costText = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

const level = z.strictObject({ policy: z.string(), key: keySchema });

export const checkSchema = z.strictObject({
  key: keySchema,
  cost: cost.exactOptional(),
  requestId: requestId.exactOptional(),
  within: z.array(level).max(mostLevels).exactOptional(),
});

export const peekSchema = z.strictObject({ key: keySchema, cost: costText.exactOptional() });

export const resetSchema = z.strictObject({ key: keySchema });

export const refundSchema = z.strictObject({
  key: keySchema,
  requestId,
  cost: chargedCost.exactOptional(),
  units: z.number().exactOptional(),
});

export const reserveSchema = z.strictObject({
  key: keySchema,
  cost: chargedCost,
  requestId: requestId.exactOptional(),
});

export const cancelSchema = z.strictObject({ key: keySchema, requestId, cost: chargedCost });

export const commitSchema = z.strictObject({ ...cancelSchema.shape, actual: z.number() });

export const holdSchema = z.strictObject({ key: keySchema, requestId });

/** Each check is judged on its own, so that one does not spoil the others. */
export const batchSchema = z.strictObject({
  checks: z.array(z.unknown()).min(1).max(mostChecks),
});

export const batchedCheckSchema = z.strictObject({
  policy: z.string(),
  key: keySchema,
  cost: cost.exactOptional(),
  requestId: requestId.exactOptional(),
});
