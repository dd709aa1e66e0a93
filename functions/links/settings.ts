/** What a stage decides about making links. */
export interface LinkSettings {
  /** How long a deleted or expired link's code stays with nobody. @default 90 */
  readonly reservedDays: number;
  /** Destinations such as `http://wiki/`, for an intranet. @default false */
  readonly allowSingleLabelHosts: boolean;
  /** Hosts that no link may lead to, with everything below them. @default none */
  readonly blockedHosts: readonly string[];
  /** Our own hosts besides the one a request came to: a link to one would be a loop. @default none */
  readonly ownHosts: readonly string[];
}

/** What a stage decides about answering redirects. */
export interface RedirectSettings {
  /** How long a process answers from its memory; at most 5. @default 5 */
  readonly cacheSeconds: number;
  /** How many links a process remembers. @default 5000 */
  readonly cacheEntries: number;
  /** What one address may ask of one process. @default 600 a minute, burst 200 */
  readonly floodLimit: { readonly perMinute: number; readonly burst: number };
  /** Where `/` leads. @default nowhere: 404 */
  readonly rootRedirectUrl?: string;
  /** How long a redirect waits for its click to be queued. @default 500 */
  readonly clickBudgetMs?: number;
}

export const defaultLinkSettings: LinkSettings = {
  reservedDays: 90,
  allowSingleLabelHosts: false,
  blockedHosts: [],
  ownHosts: [],
};

export const defaultRedirectSettings: RedirectSettings = {
  cacheSeconds: 5,
  cacheEntries: 5000,
  floodLimit: { perMinute: 600, burst: 200 },
};

type Check = (value: unknown) => boolean;

const within =
  (least: number, most: number, whole = true): Check =>
  (value) =>
    typeof value === 'number' &&
    value >= least &&
    value <= most &&
    (!whole || Number.isInteger(value));

const isHosts: Check = (value) =>
  Array.isArray(value) && value.every((host) => typeof host === 'string' && host !== '');

const isFloodLimit: Check = (value) => {
  const { perMinute, burst } = (value ?? {}) as Record<string, unknown>;
  return within(1, 1e9)(perMinute) && within(1, 1e9)(burst);
};

const linkChecks: Record<keyof LinkSettings, Check> = {
  reservedDays: within(0, 36_500),
  allowSingleLabelHosts: (value) => typeof value === 'boolean',
  blockedHosts: isHosts,
  ownHosts: isHosts,
};

const redirectChecks: Record<keyof RedirectSettings, Check> = {
  cacheSeconds: within(0, 5, false),
  cacheEntries: within(1, 1e6),
  floodLimit: isFloodLimit,
  clickBudgetMs: within(1, 30_000),
  rootRedirectUrl: (value) => typeof value === 'string' && URL.canParse(value),
};

const parseSettings = <T extends object>(
  value: unknown,
  defaults: T,
  checks: Record<keyof T, Check>,
): T => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('must be a JSON object');
  }
  for (const [name, setting] of Object.entries(value)) {
    if (!Object.hasOwn(checks, name)) throw new Error(`has an unknown setting "${name}"`);
    if (!checks[name as keyof T](setting)) throw new Error(`has a wrong value for "${name}"`);
  }
  return { ...defaults, ...value };
};

/** @throws Error that names the first unknown or wrong setting */
export const parseLinkSettings = (value: unknown): LinkSettings =>
  parseSettings(value, defaultLinkSettings, linkChecks);

/** @throws Error that names the first unknown or wrong setting */
export const parseRedirectSettings = (value: unknown): RedirectSettings =>
  parseSettings(value, defaultRedirectSettings, redirectChecks);
