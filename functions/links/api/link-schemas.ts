import * as z from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { checkAlias } from '../codes/alias.ts';
import { redirectStatuses } from '../link.ts';

const longestTag = 50;
const mostTags = 20;
const longestTitle = 200;
const defaultPageSize = 20;
const largestPage = 100;

type Context = { addIssue(issue: { code: 'custom'; message: string; params: object }): void };

const refuse = (context: Context, code: string, message: string): never => {
  context.addIssue({ code: 'custom', message, params: { code } });
  return z.NEVER;
};

const controls = /\p{Cc}/u;

/** Printable text in NFC without blanks around it, counted in code points. */
const text = (longest: number) =>
  z.string().transform((value, context) => {
    const clean = value.normalize('NFC').trim();
    if (!value.isWellFormed()) return refuse(context, 'malformed', 'holds half a character');
    if (controls.test(clean)) return refuse(context, 'malformed', 'holds control characters');
    const length = [...clean].length;
    if (length === 0) return refuse(context, 'too-small', 'must not be empty');
    if (length > longest) {
      return refuse(context, 'too-large', `has ${length} characters; at most ${longest}`);
    }
    return clean;
  });

const tags = z
  .array(text(longestTag))
  .transform((value) => [...new Set(value)])
  .refine((value) => value.length <= mostTags, {
    message: `at most ${mostTags} tags`,
    params: { code: 'too-large' },
  });

const alias = z.string().transform((value, context) => {
  const verdict = checkAlias(value);
  return verdict.kind === 'accepted' ? verdict.code : refuse(context, verdict.code, verdict.detail);
});

const status = z.literal(redirectStatuses);

const expiry = (clock: Clock) =>
  z.iso
    .datetime({ offset: true, error: 'an ISO 8601 time with its offset: 2030-01-31T12:00:00Z' })
    .transform((value, context) => {
      const time = Date.parse(value);
      if (Number.isNaN(time)) return refuse(context, 'malformed', 'there is no such time');
      if (time <= clock.now()) return refuse(context, 'in-the-past', 'must be in the future');
      return time;
    });

const limit = z
  .string()
  .regex(/^\d{1,3}$/, 'a whole number')
  .transform(Number)
  .refine((value) => value >= 1 && value <= largestPage, {
    message: `1 to ${largestPage}`,
    params: { code: 'out-of-range' },
  });

/** What a link is made from; `url` is judged by {@link checkDestination}, which knows the hosts. */
export const createLinkSchema = (clock: Clock) =>
  z.strictObject({
    url: z.string(),
    code: alias.exactOptional(),
    expiresAt: expiry(clock).exactOptional(),
    tags: tags.default([]),
    title: text(longestTitle).exactOptional(),
    status: status.default(302),
  });

/** What of a link may be changed; `null` clears. */
export const changeLinkSchema = (clock: Clock) =>
  z.strictObject({
    url: z.string().exactOptional(),
    expiresAt: expiry(clock).nullable().exactOptional(),
    tags: tags.exactOptional(),
    title: text(longestTitle).nullable().exactOptional(),
    status: status.exactOptional(),
    state: z.enum(['active', 'disabled']).exactOptional(),
  });

export const listLinksSchema = z.strictObject({
  cursor: z.string().exactOptional(),
  limit: limit.default(defaultPageSize),
  tag: text(longestTag).exactOptional(),
  state: z.enum(['active', 'disabled', 'banned']).exactOptional(),
});

/** For routes that take no query parameter. */
export const noQuerySchema = z.strictObject({});
