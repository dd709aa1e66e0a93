import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Job, Least, Report } from './worker.ts';

/** Processes of one contender, which take at the same time. */
export interface Workers {
  /** One round of all of them. */
  run(least: Least): Promise<readonly Report[]>;
  close(): Promise<void>;
}

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

const ask = async <T>(child: ChildProcess, message: object | string): Promise<T> => {
  const answer = once(child, 'message');
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the limiter's bench ended with ${code}`);
  });
  child.send(message);
  const [value] = (await Promise.race([answer, ended])) as [T];
  ended.catch(() => undefined);
  return value;
};

export const startWorkers = async (jobs: readonly Job[]): Promise<Workers> => {
  const children = jobs.map(() => fork(worker));
  await Promise.all(children.map((child) => once(child, 'message')));
  await Promise.all(children.map((child, index) => ask(child, jobs[index] as Job)));
  return {
    run: async (least) => Promise.all(children.map((child) => ask<Report>(child, least))),
    close: async () => {
      await Promise.all(
        children.map(async (child) => {
          const ended = once(child, 'exit');
          child.send('end');
          await ended;
        }),
      );
    },
  };
};
