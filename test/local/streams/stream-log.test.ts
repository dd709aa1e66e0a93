import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexStreamLog } from '../../../local/streams/stream-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopgate-log-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const columns = 'id INTEGER PRIMARY KEY, table_name TEXT, sequence_number TEXT, shard_id TEXT';
const query = `SELECT * FROM _stream_records WHERE table_name = ? AND shard_id = ?
  AND CAST(sequence_number AS INTEGER) > ? ORDER BY CAST(sequence_number AS INTEGER) LIMIT ?`;

describe('indexStreamLog', () => {
  it('lets the engine find records by their place in a stream', () => {
    const path = join(folder, 'engine.db');
    const engine = new DatabaseSync(path);
    engine.exec(`CREATE TABLE _stream_records (${columns})`);
    engine.close();
    expect(indexStreamLog(path)).toBe(true);
    expect(indexStreamLog(path)).toBe(true);
    const db = new DatabaseSync(path);
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${query}`).all('links', 'shard', 5, 100);
    expect(JSON.stringify(plan)).toMatch(/SEARCH .*hopgate_stream_log/);
    db.close();
  });

  it('leaves a file of another layout alone', () => {
    expect(indexStreamLog(join(folder, 'other.db'))).toBe(false);
  });
});
