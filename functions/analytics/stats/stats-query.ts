import * as z from 'zod';
import { clickClasses } from '../../events/click.ts';
import { detailDimensions, tupleDimensions } from '../counts/tally.ts';
import { intervals, timeZone } from './time-zone.ts';

export const groupDimensions = [...tupleDimensions, ...detailDimensions] as const;

export type GroupDimension = (typeof groupDimensions)[number];

/** Values to keep and to leave out, as a comma list names them: `DE,FR` or `-mobile`. */
export interface Filter {
  readonly only: readonly string[];
  readonly not: readonly string[];
}

/** How a value that is not known is called. */
export const unknownValue = 'unknown';

const maxValues = 50;

const list = (text: string): string[] => text.split(',');

const filter = (value: RegExp, hint: string) =>
  z
    .string()
    .refine((text) => list(text).length <= maxValues, `takes at most ${maxValues} values`)
    .refine(
      (text) =>
        list(text).every((each) => {
          const name = each.replace(/^-/, '');
          return name === unknownValue || value.test(name);
        }),
      { error: hint, params: { code: 'malformed' } },
    )
    .transform((text): Filter => {
      const values = list(text);
      return {
        only: values.filter((each) => !each.startsWith('-')),
        not: values.filter((each) => each.startsWith('-')).map((each) => each.slice(1)),
      };
    })
    .optional();

const name = filter(/^[^\p{Cc}]{1,64}$/u, 'must be a comma list of names');

const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be a date, or a date and time with an offset, as ISO 8601 writes them',
  })
  .optional();

const classes = new RegExp(`^(?:${clickClasses.join('|')})$`);

export const statsQuerySchema = z.strictObject({
  from: moment,
  to: moment,
  interval: z.enum(intervals).default('day'),
  tz: z
    .string()
    .max(64)
    .default('UTC')
    .transform((zoneName, context) => {
      const zone = timeZone(zoneName);
      if (zone !== undefined) return zone;
      context.addIssue({
        code: 'custom',
        message: 'must be the name of an IANA time zone, as Europe/Berlin',
        params: { code: 'unknown-time-zone' },
      });
      return z.NEVER;
    }),
  groupBy: z
    .string()
    .refine((text) => list(text).every((each) => groupDimensions.some((known) => known === each)), {
      error: `must be a comma list of ${groupDimensions.join(', ')}`,
      params: { code: 'not-allowed' },
    })
    .transform((text) => [...new Set(list(text))] as GroupDimension[])
    .optional(),
  class: filter(classes, `must be a comma list of ${clickClasses.join(', ')}`),
  trigger: filter(/^(?:link|qr|api)$/, 'must be a comma list of link, qr, api'),
  country: filter(/^[A-Z]{2}$/, 'must be a comma list of ISO 3166-1 codes, as DE,FR'),
  device: name,
  browser: name,
  os: name,
  channel: name,
  source: name,
});

export type StatsQuery = z.infer<typeof statsQuerySchema>;
