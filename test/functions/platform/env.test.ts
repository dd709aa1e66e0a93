import { describe, expect, it } from 'vitest';
import { defineEnv, env, readEnv } from '../../../functions/platform/env.ts';

const schema = defineEnv({
  TABLE: env.text(),
  SHARDS: env.integer(),
  NAMES: env.list(),
  ROOT: env.optionalText(),
  SETTINGS: env.json((value) => value as { a: number }),
});

describe('readEnv', () => {
  it('parses every kind of variable', () => {
    const source = { TABLE: 't', SHARDS: '4', NAMES: 'a,b', SETTINGS: '{"a":1}' };
    expect(readEnv(schema, source)).toEqual({
      TABLE: 't',
      SHARDS: 4,
      NAMES: ['a', 'b'],
      ROOT: undefined,
      SETTINGS: { a: 1 },
    });
  });

  it('names every variable that is missing or malformed at once', () => {
    expect(() => readEnv(schema, { TABLE: '', SHARDS: 'four', SETTINGS: '{' })).toThrow(
      /TABLE must not be empty; SHARDS must be a whole number.*NAMES is missing; SETTINGS /,
    );
  });
});
