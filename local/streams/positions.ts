import { DatabaseSync } from 'node:sqlite';

/** How far each consumer got, by the label of the stream it reads. */
export const openPositions = (path: string) => {
  const db = new DatabaseSync(path);
  // As for the queues: a commit outlives a SIGKILL, and that is what is promised.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
  db.exec(
    `CREATE TABLE IF NOT EXISTS positions (
       consumer TEXT NOT NULL, label TEXT NOT NULL, sequence TEXT NOT NULL,
       PRIMARY KEY (consumer, label)) WITHOUT ROWID`,
  );
  const find = db.prepare('SELECT sequence FROM positions WHERE consumer = ? AND label = ?');
  const keep = db.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?, ?)');
  return {
    find: (consumer: string, label: string) =>
      find.get(consumer, label)?.sequence as string | undefined,
    keep: (consumer: string, label: string, sequence: string): void => {
      keep.run(consumer, label, sequence);
    },
    close: () => db.close(),
  };
};
