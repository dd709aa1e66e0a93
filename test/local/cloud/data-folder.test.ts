import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataFolder, openDataFolder } from '../../../local/cloud/data-folder.ts';

let parent: string;
let opened: DataFolder | undefined;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'hopgate-data-'));
});
afterEach(async () => {
  await opened?.release();
  opened = undefined;
  rmSync(parent, { recursive: true, force: true });
});

describe('openDataFolder', () => {
  it('keeps address and key for other programs, readable to their owner', async () => {
    const path = join(parent, 'new', 'folder');
    opened = openDataFolder(path);
    expect(opened.readAccess()).toBeUndefined();
    opened.writeAccess({ url: 'http://127.0.0.1:1', key: 'k' });
    expect(JSON.parse(readFileSync(join(path, 'local.json'), 'utf8'))).toEqual({
      url: 'http://127.0.0.1:1',
      key: 'k',
    });
    expect(statSync(join(path, 'local.json')).mode & 0o777).toBe(0o600);
    await opened.release();
    opened = openDataFolder(path);
    expect(opened.readAccess()?.key).toBe('k');
  });

  it('refuses a folder that another cloud has open, until it is released', async () => {
    opened = openDataFolder(parent);
    expect(() => openDataFolder(parent)).toThrow(/Another local cloud is running on .*--data/);
    await opened.release();
    opened = openDataFolder(parent);
  });
});
