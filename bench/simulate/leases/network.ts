import type { Agenda } from '../agenda.ts';
import type { Random } from '../algorithms/arrivals.ts';

/** What befalls messages between processes and the store. */
export interface Faults {
  /** Parts of the answers that never arrive, and of the messages that arrive twice. */
  readonly lost: number;
  readonly doubled: number;
  /** Up to this much later than the rest, in each direction, for a fifth of the messages. */
  readonly lateMicros: number;
}

export type Delivery<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'failed'; readonly cause: unknown; readonly retryAfterMs: number };

export interface Network {
  /** Runs `work` at the store, some time later; answers when the answer arrives, or fails. */
  call<T>(work: () => Promise<T>, process: number): Promise<Delivery<T>>;
  /** Sends without waiting for an answer, `lateMicros` late at most. */
  send(work: () => Promise<unknown>, lateMicros: number): void;
  /** Nothing reaches the process until then: it is frozen. */
  freeze(process: number, untilMicros: number): void;
  /** When the process can see something that happens at `micros`. */
  reaches(process: number, micros: number): number;
}

const giveUpMicros = 300_000;

export const createNetwork = (agenda: Agenda, random: Random, faults: Faults): Network => {
  const frozenUntil = new Map<number, number>();
  const travelMicros = () =>
    2000 + random.below(8000) + (random.below(5) === 0 ? random.below(faults.lateMicros + 1) : 0);
  const reaches = (process: number, micros: number) =>
    Math.max(micros, frozenUntil.get(process) ?? 0);
  const isLost = () => random.next() < faults.lost;
  const isDoubled = () => random.next() < faults.doubled;

  return {
    reaches,
    freeze: (process, untilMicros) => {
      frozenUntil.set(process, untilMicros);
    },
    call: (work, process) =>
      new Promise((resolve, reject) => {
        const deliver = (delivery: Parameters<typeof resolve>[0], afterMicros: number) => {
          const micros = agenda.now() + afterMicros;
          agenda.at(reaches(process, micros), () => {
            // Frozen meanwhile: it arrives when the process runs again.
            const seen = reaches(process, agenda.now());
            if (seen > agenda.now()) agenda.at(seen, () => resolve(delivery));
            else resolve(delivery);
          });
        };
        const sentMicros = agenda.now();
        if (isDoubled()) agenda.at(sentMicros + travelMicros(), () => void work());
        agenda.at(sentMicros + travelMicros(), () => {
          work().then((value) => {
            if (isLost()) {
              const cause = new Error('The answer was lost');
              deliver({ kind: 'failed', cause, retryAfterMs: 0 }, giveUpMicros);
            } else deliver({ kind: 'answered', value }, travelMicros());
          }, reject);
        });
      }),
    send: (work, lateMicros) => {
      if (isLost()) return;
      for (let copies = isDoubled() ? 2 : 1; copies > 0; copies--) {
        agenda.at(agenda.now() + travelMicros() + random.below(lateMicros + 1), () => void work());
      }
    },
  };
};
