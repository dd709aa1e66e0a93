import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundleHandler } from '../../../lib/constructs/bundle.ts';

describe('bundleHandler', () => {
  const entry = 'functions/health/health-api.handler.ts';

  it('makes one file that holds all it imports', () => {
    const { bytes, directory } = bundleHandler(entry);
    expect(readdirSync(directory)).toEqual(['index.mjs']);
    expect(statSync(join(directory, 'index.mjs')).size).toBe(bytes);
  });

  it('names a bundle by its contents', () => {
    const { directory, hash } = bundleHandler(entry);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(directory.endsWith(hash)).toBe(true);
    expect(bundleHandler(entry)).toEqual(bundleHandler(entry));
  });

  it('stops at an entry that does not exist', () => {
    expect(() => bundleHandler('functions/none.handler.ts')).toThrow(
      'No handler at functions/none.handler.ts',
    );
  });
});
