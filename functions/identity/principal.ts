import type { KeyLimits } from '../limiter/index.ts';

export const scopes = [
  'links:read',
  'links:write',
  'stats:read',
  'health:read',
  /** To see the workspace's own limits. */
  'limits:read',
  /** To change them, and to reset what a key was charged. */
  'limits:write',
  /** To charge them. */
  'limits:check',
] as const;

/** What a key may be allowed to do. */
export type Scope = (typeof scopes)[number];

/** Who makes a request. */
export interface Principal {
  readonly workspace: string;
  readonly keyId: string;
  /** Who is named as the cause of a change: `key:<id>`. */
  readonly actor: string;
  readonly scopes: readonly Scope[];
  /** Where its limits are other than the stage's. */
  readonly limits?: KeyLimits;
}
