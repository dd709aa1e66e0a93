import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** What a subject's item holds: numbers, the key, sets of short ids, and the map of leases. */
export type Value = number | string | ReadonlySet<string> | Readonly<Record<string, number>>;

/**
 * A value as DynamoDB's own JSON has it. By hand, since the document client's general conversion
 * takes a tenth of a decision's time.
 */
export const toAttribute = (value: Value): AttributeValue => {
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'string') return { S: value };
  if (value instanceof Set) return { SS: [...value] };
  return { M: toAttributes(value as Readonly<Record<string, number>>) };
};

export const toAttributes = (
  values: Readonly<Record<string, Value>>,
): Record<string, AttributeValue> => {
  const attributes: Record<string, AttributeValue> = {};
  for (const name in values) attributes[name] = toAttribute(values[name] as Value);
  return attributes;
};
