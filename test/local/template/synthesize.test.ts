import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesize } from '../../../local/template/synthesize.ts';

describe('synthesize', () => {
  it('leaves an assembly that the same sources and context find again', async () => {
    const directory = await synthesize();
    expect(existsSync(join(directory, 'manifest.json'))).toBe(true);
    expect(await synthesize()).toBe(directory);
  });

  it('says why the app could not be synthesized', async () => {
    await expect(synthesize({ stage: 'nowhere' })).rejects.toThrow(/No stage "nowhere"/);
  });
});
