import { DatabaseSync } from 'node:sqlite';

export interface NewMessage {
  readonly id: string;
  readonly body: string;
  readonly bodyMd5: string;
  /** Message attributes as sent, JSON. */
  readonly attributes: string | null;
  readonly attributesMd5: string | null;
  readonly sentAt: number;
  readonly visibleAt: number;
}

export interface StoredMessage extends Omit<NewMessage, 'visibleAt'> {
  readonly seq: number;
  /** How often it was received, this time included. */
  readonly received: number;
  readonly firstReceivedAt: number;
  /** The queue it was redriven from, if it lies in a dead-letter queue. */
  readonly sourceArn: string | null;
}

export interface TakeOptions {
  readonly limit: number;
  readonly maxBytes: number;
  readonly now: number;
  readonly sentAfter: number;
  readonly visibleAt: number;
  readonly redrive?: { readonly queue: number; readonly maxReceiveCount: number };
}

const schema = `
  CREATE TABLE IF NOT EXISTS queues (id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE);
  CREATE TABLE IF NOT EXISTS messages (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, id TEXT NOT NULL,
    visible_at INTEGER NOT NULL, sent_at INTEGER NOT NULL, received INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER, source_arn TEXT, body_md5 TEXT NOT NULL, attributes TEXT,
    attributes_md5 TEXT, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS messages_by_visibility ON messages (queue, visible_at);`;

/**
 * Messages in SQLite. WAL with synchronous=NORMAL writes each commit to the log in the kernel's
 * page cache before it returns: that outlives a SIGKILL of this process, which is what is promised.
 * Only a power cut can take the last commits, and asking fsync for that would cost most of the speed.
 */
export const openMessageStore = (path: string) => {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  db.exec(schema);

  const sql = {
    addQueue: db.prepare('INSERT OR IGNORE INTO queues (arn) VALUES (?)'),
    findQueue: db.prepare('SELECT id FROM queues WHERE arn = ?'),
    insert: db.prepare(
      `INSERT INTO messages (queue, id, body, body_md5, attributes, attributes_md5, sent_at, visible_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    visible: db.prepare(
      `SELECT seq, id, body, body_md5 AS bodyMd5, attributes, attributes_md5 AS attributesMd5,
         sent_at AS sentAt, received, first_received_at AS firstReceivedAt, source_arn AS sourceArn
       FROM messages WHERE queue = ? AND visible_at <= ? AND sent_at > ?
       ORDER BY visible_at, seq LIMIT ?`,
    ),
    hide: db.prepare(
      'UPDATE messages SET visible_at = ?, received = ?, first_received_at = ? WHERE seq = ?',
    ),
    redrive: db.prepare(
      `UPDATE messages SET queue = ?, visible_at = ?, received = 0, first_received_at = NULL,
         source_arn = (SELECT arn FROM queues WHERE id = messages.queue) WHERE seq = ?`,
    ),
    remove: db.prepare('DELETE FROM messages WHERE seq = ? AND queue = ? AND received = ?'),
    find: db.prepare(
      'SELECT visible_at AS visibleAt FROM messages WHERE seq = ? AND queue = ? AND received = ?',
    ),
    setVisibleAt: db.prepare(
      'UPDATE messages SET visible_at = ? WHERE seq = ? AND queue = ? AND received = ?',
    ),
    releaseAll: db.prepare(
      'UPDATE messages SET visible_at = ?1 WHERE received > 0 AND visible_at > ?1',
    ),
    purge: db.prepare('DELETE FROM messages WHERE queue = ?'),
    expire: db.prepare('DELETE FROM messages WHERE queue = ? AND sent_at <= ?'),
    countVisible: db.prepare(
      `SELECT COUNT(*) AS count FROM
         (SELECT 1 FROM messages WHERE queue = ? AND visible_at <= ? AND sent_at > ? LIMIT ?)`,
    ),
    nextVisible: db.prepare(
      'SELECT MIN(visible_at) AS at FROM messages WHERE queue = ? AND visible_at > ?',
    ),
    any: db.prepare('SELECT 1 AS found FROM messages WHERE queue = ? AND sent_at > ? LIMIT 1'),
    depth: db.prepare(
      `SELECT COALESCE(SUM(visible_at <= ?1), 0) AS visible,
         COALESCE(SUM(visible_at > ?1 AND received > 0), 0) AS inFlight,
         COALESCE(SUM(visible_at > ?1 AND received = 0), 0) AS delayed
       FROM messages WHERE queue = ?2 AND sent_at > ?3`,
    ),
  };

  let group: { settled: Promise<void>; resolve(): void; reject(cause: unknown): void } | undefined;
  const commit = (): void => {
    const current = group;
    if (current === undefined) return;
    group = undefined;
    try {
      db.exec('COMMIT');
      current.resolve();
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      current.reject(error);
    }
  };

  return {
    /** One commit for all changes of an event-loop turn; each is answered only once it is kept. */
    write: async <T>(change: () => T): Promise<T> => {
      if (group === undefined) {
        db.exec('BEGIN IMMEDIATE');
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        group = { settled: promise, resolve, reject };
        setImmediate(commit);
      }
      const { settled } = group;
      const result = change();
      await settled;
      return result;
    },
    queueId: (arn: string): number => {
      sql.addQueue.run(arn);
      return Number(sql.findQueue.get(arn)?.id);
    },
    insert: (queue: number, message: NewMessage): void => {
      const { id, body, bodyMd5, attributes, attributesMd5, sentAt, visibleAt } = message;
      sql.insert.run(queue, id, body, bodyMd5, attributes, attributesMd5, sentAt, visibleAt);
    },
    /** Hides and returns what is visible; what was received too often goes to the other queue. */
    take: (queue: number, options: TakeOptions): { taken: StoredMessage[]; redriven: number } => {
      const taken: StoredMessage[] = [];
      let redriven = 0;
      let bytes = 0;
      while (taken.length < options.limit) {
        const rows: StoredMessage[] = [];
        const wanted = options.limit - taken.length;
        for (const row of sql.visible.iterate(queue, options.now, options.sentAfter, wanted)) {
          const message = row as unknown as StoredMessage;
          bytes += message.body.length + (message.attributes?.length ?? 0);
          if (bytes > options.maxBytes && rows.length + taken.length > 0) break;
          rows.push(message);
        }
        let redrivenNow = 0;
        for (const row of rows) {
          if (options.redrive !== undefined && row.received >= options.redrive.maxReceiveCount) {
            sql.redrive.run(options.redrive.queue, options.now, row.seq);
            redrivenNow++;
            continue;
          }
          const received = row.received + 1;
          const firstReceivedAt = row.firstReceivedAt ?? options.now;
          sql.hide.run(options.visibleAt, received, firstReceivedAt, row.seq);
          taken.push({ ...row, received, firstReceivedAt });
        }
        redriven += redrivenNow;
        // Taken for 0 seconds, a message would be found again by this very loop.
        if (redrivenNow === 0 || options.visibleAt <= options.now) break;
      }
      return { taken, redriven };
    },
    remove: (queue: number, seq: number, received: number): boolean =>
      sql.remove.run(seq, queue, received).changes > 0,
    /** When it becomes visible again; undefined where the receipt is not the last one given. */
    visibleAt: (queue: number, seq: number, received: number): number | undefined =>
      sql.find.get(seq, queue, received)?.visibleAt as number | undefined,
    setVisibleAt: (queue: number, seq: number, received: number, at: number): void => {
      sql.setVisibleAt.run(at, seq, queue, received);
    },
    /** Gives up every delivery under way, in all queues. */
    releaseAll: (now: number): void => {
      sql.releaseAll.run(now);
    },
    purge: (queue: number): void => {
      sql.purge.run(queue);
    },
    expire: (queue: number, sentUntil: number): void => {
      sql.expire.run(queue, sentUntil);
    },
    countVisible: (queue: number, now: number, sentAfter: number, limit: number): number =>
      Number(sql.countVisible.get(queue, now, sentAfter, limit)?.count),
    nextVisibleAt: (queue: number, now: number): number | undefined =>
      (sql.nextVisible.get(queue, now)?.at as number | null) ?? undefined,
    isEmpty: (queue: number, sentAfter: number): boolean =>
      sql.any.get(queue, sentAfter) === undefined,
    depth: (queue: number, now: number, sentAfter: number) =>
      ({ ...sql.depth.get(now, queue, sentAfter) }) as {
        visible: number;
        inFlight: number;
        delayed: number;
      },
    close: (): void => {
      commit();
      db.close();
    },
  };
};
