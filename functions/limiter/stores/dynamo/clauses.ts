import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { toAttributes, type Value } from './attribute-values.ts';

/**
 * The clauses of one update, with the names and values that they use. Limits' attributes stand in
 * them as they are, a letter and numbers: a placeholder each would be a third of the request. A
 * comparison with an absent attribute is false, so that `NOT a > :b` takes it for the least.
 */
export interface Clauses {
  readonly set: string[];
  readonly add: string[];
  readonly remove: string[];
  readonly delete: string[];
  readonly conditions: string[];
  /** Attributes that the write sets: stale ones among them are to stay. */
  readonly current: Set<string>;
  readonly names: Record<string, string>;
  readonly values: Record<string, Value>;
}

export const newClauses = (): Clauses => ({
  set: [],
  add: [],
  remove: [],
  delete: [],
  conditions: [],
  current: new Set(),
  names: {},
  values: {},
});

const verbs = ['set', 'add', 'remove', 'delete'] as const;

/** One conditional write that hands the item back, whether the condition held or not. */
export const toInput = (
  tableName: string,
  key: string,
  clauses: Clauses,
): UpdateItemCommandInput => {
  const parts = verbs.filter((verb) => clauses[verb].length > 0);
  return {
    TableName: tableName,
    Key: toAttributes({ pk: key }),
    UpdateExpression: parts
      .map((verb) => `${verb.toUpperCase()} ${clauses[verb].join(', ')}`)
      .join(' '),
    ConditionExpression: clauses.conditions.join(' AND '),
    ...(Object.keys(clauses.names).length > 0 && { ExpressionAttributeNames: clauses.names }),
    ExpressionAttributeValues: toAttributes(clauses.values),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
};
