/** Compiled, never run: what `npm test` must refuse to compile. */
import type { RedirectEnv } from '../../functions/links/env.ts';

const complete = {
  STAGE: 'dev',
  ORIGIN_SECRETS: 'secret',
  LINK_TABLES: 'links-0',
  CONTROL_TABLE: 'control',
  CLICK_QUEUE_URL: 'https://queue',
  REDIRECT_SETTINGS: '{}',
} satisfies RedirectEnv;

const { CONTROL_TABLE: _, ...incomplete } = complete;

// @ts-expect-error a variable is missing
export const missing = incomplete satisfies RedirectEnv;

// @ts-expect-error a variable is misspelt
export const misspelt = { ...complete, CONTROL_TABEL: 'x' } satisfies RedirectEnv;

// @ts-expect-error a variable is no string
export const mistyped = { ...complete, STAGE: 1 } satisfies RedirectEnv;
