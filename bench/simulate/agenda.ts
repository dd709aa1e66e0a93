/** What happens when, in virtual time. */
export interface Agenda {
  /** Microseconds since the epoch. */
  now(): number;
  /** Does it at that time, or now where that is past; ties in the order they were asked for. */
  at(micros: number, action: () => void): void;
  /** Runs everything that is due, and what follows from it, until nothing is left. */
  run(): Promise<void>;
}

interface Entry {
  readonly micros: number;
  readonly order: number;
  readonly action: () => void;
}

const isBefore = (a: Entry, b: Entry): boolean =>
  a.micros === b.micros ? a.order < b.order : a.micros < b.micros;

/** Lets every promise settle that can without time passing: ticks come after all of them. */
const settle = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

export const createAgenda = (startMicros: number): Agenda => {
  const heap: Entry[] = [];
  let now = startMicros;
  let order = 0;

  const entryAt = (index: number): Entry => heap[index] as Entry;
  const swap = (a: number, b: number): void => {
    const kept = entryAt(a);
    heap[a] = entryAt(b);
    heap[b] = kept;
  };
  const rise = (start: number): void => {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (isBefore(entryAt(parent), entryAt(index))) return;
      swap(parent, index);
      index = parent;
    }
  };
  const sink = (): void => {
    let index = 0;
    for (;;) {
      let first = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && isBefore(entryAt(child), entryAt(first))) first = child;
      }
      if (first === index) return;
      swap(first, index);
      index = first;
    }
  };
  const next = (): Entry | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first !== undefined && last !== undefined && heap.length > 0) {
      heap[0] = last;
      sink();
    }
    return first;
  };

  return {
    now: () => now,
    at: (micros, action) => {
      heap.push({ micros: Math.max(micros, now), order: order++, action });
      rise(heap.length - 1);
    },
    run: async () => {
      for (let entry = next(); entry !== undefined; entry = next()) {
        now = entry.micros;
        entry.action();
        await settle();
      }
    },
  };
};
