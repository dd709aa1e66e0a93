import type { Receipt } from './arithmetic.ts';
import { mostIds } from './request-ids.ts';
import type { SubjectState } from './subject-state.ts';

/** For so long a charge of a refundable policy can be given back, and its retry is known. */
export const recordMicros = 600e6;

/** Where the time of a refundable charge is kept. */
export const takenAttribute = (chargeId: string): string => `r_${chargeId}`;

/** Where the bucket's arrival time right after that charge is kept. */
export const arrivalAttribute = (chargeId: string): string => `a_${chargeId}`;

/** The charge that an attribute is part of the record of, or undefined for any other attribute. */
export const chargeOfAttribute = (attribute: string): string | undefined =>
  /^[ra]_(.+)$/.exec(attribute)?.[1];

const isLive = (takenMicros: number, nowMicros: number): boolean =>
  takenMicros + recordMicros > nowMicros;

/** The charge's receipt, or undefined where it is not known (any more). */
export const recordedReceipt = (
  { numbers }: Pick<SubjectState, 'numbers'>,
  chargeId: string,
  nowMicros: number,
): Receipt | undefined => {
  const takenMicros = numbers[takenAttribute(chargeId)];
  if (takenMicros === undefined || !isLive(takenMicros, nowMicros)) return undefined;
  return { takenMicros, arrivalMicros: numbers[arrivalAttribute(chargeId)] };
};

/** The charges whose records are live. */
export const recordedCharges = (
  numbers: Readonly<Record<string, number>>,
  nowMicros: number,
): readonly string[] =>
  Object.entries(numbers).flatMap(([attribute, value]) =>
    attribute.startsWith('r_') && isLive(value, nowMicros) ? [attribute.slice(2)] : [],
  );

/** Whether an attribute belongs to a record that is over. */
export const isStaleRecord = (
  numbers: Readonly<Record<string, number>>,
  attribute: string,
  nowMicros: number,
): boolean => {
  const charge = chargeOfAttribute(attribute);
  return charge !== undefined && recordedReceipt({ numbers }, charge, nowMicros) === undefined;
};

/** A charge is recorded while there is room: what is not recorded cannot be given back. */
export const hasRoomForRecord = (
  numbers: Readonly<Record<string, number>>,
  nowMicros: number,
): boolean => recordedCharges(numbers, nowMicros).length < mostIds;
