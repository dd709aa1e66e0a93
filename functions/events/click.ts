export const clickClasses = ['human', 'bot', 'unfurl', 'prefetch', 'head', 'suspect'] as const;

export type ClickClass = (typeof clickClasses)[number];

const channels = ['direct', 'search', 'social', 'email', 'video', 'referral'] as const;

export type Channel = (typeof channels)[number];

/**
 * One redirect answered, as it travels to the consumer. It holds nothing personal: no address, no
 * agent string. What is not known is left out.
 */
export interface Click {
  readonly v: 1;
  /** Identifies the request: the same in every source that saw it. */
  readonly eid: string;
  /** Epoch milliseconds, stamped by the edge. */
  readonly ts: number;
  readonly link: string;
  readonly workspace: string;
  /** `_` is the default domain. */
  readonly domain: string;
  readonly class: ClickClass;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** The part of ISO 3166-2 behind the country. */
  readonly region?: string;
  readonly city?: string;
  readonly asn?: number;
  /** ISO 639, without script or region. */
  readonly language?: string;
  readonly device?: string;
  readonly browser?: string;
  readonly os?: string;
  /** Host of the page that the link was on, without `www.`. */
  readonly refHost?: string;
  /** A name that we give to `refHost`, as `Google`. */
  readonly source?: string;
  readonly channel: Channel;
}

type Check = (value: unknown) => boolean;

const text =
  (maxLength: number): Check =>
  (value) =>
    typeof value === 'string' && value !== '' && value.length <= maxLength;

const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

const whole =
  (maximum: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maximum;

const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);

const required = {
  v: oneOf([1]),
  eid: matching(/^[\w-]{11}$/),
  ts: whole(8.64e15),
  link: text(1024),
  workspace: text(64),
  domain: text(253),
  class: oneOf(clickClasses),
  channel: oneOf(channels),
} satisfies Partial<Record<keyof Click, Check>>;

const optional = {
  country: matching(/^[A-Z]{2}$/),
  region: matching(/^[A-Z0-9]{1,3}$/),
  city: text(80),
  asn: whole(0xffffffff),
  language: matching(/^[a-z]{2,3}$/),
  device: text(32),
  browser: text(32),
  os: text(32),
  refHost: text(253),
  source: text(32),
} satisfies Record<Exclude<keyof Click, keyof typeof required>, Check>;

/** The event in an object: its known fields only. Undefined where a field is missing or malformed. */
export const readClick = (value: unknown): Click | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const click: Record<string, unknown> = {};
  for (const [name, check] of Object.entries(required)) {
    if (!check(given[name])) return undefined;
    click[name] = given[name];
  }
  for (const [name, check] of Object.entries(optional)) {
    if (given[name] === undefined) continue;
    if (!check(given[name])) return undefined;
    click[name] = given[name];
  }
  return click as unknown as Click;
};

export const encodeClick = (click: Click): string => JSON.stringify(click);

/** Reads a queue message's body; never throws, so that a poison message is a value like another. */
export const decodeClick = (body: string): Click | undefined => {
  try {
    return readClick(JSON.parse(body));
  } catch {
    return undefined;
  }
};
