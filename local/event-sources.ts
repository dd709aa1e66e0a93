import type {
  EventSource,
  EventSourceDeps,
  EventSourceSpec,
  SourceEvents,
} from './event-sources/event-source.ts';
import { startQueueSource } from './event-sources/queue-source.ts';
import { startStreamSource } from './event-sources/stream-source.ts';

export type { EventSourceSpec } from './event-sources/event-source.ts';

/** The event source mappings of the template, running. */
export interface EventSources {
  /** Starts no further invocation; without an id, of any source. */
  pause(logicalId?: string): void;
  resume(logicalId?: string): void;
  /**
   * Resolves once every source queue is empty, nothing is in flight and every stream is read to its
   * end and handled; batching windows end at once meanwhile. Paused sources do not count.
   */
  idle(): Promise<void>;
  /** For who moved the clock by hand. */
  tick(): void;
  /** Resolves when the invocations under way have ended. */
  stop(): Promise<void>;
}

export const startEventSources = (
  deps: EventSourceDeps & {
    specs: readonly EventSourceSpec[];
    onFault?: (logicalId: string, error: unknown) => void;
  },
): EventSources => {
  const onFault =
    deps.onFault ?? ((logicalId, error) => console.error(`event source ${logicalId}:`, error));
  let activity = 0;
  let idlers = 0;
  let isStopped = false;

  const sources = deps.specs
    .filter((spec) => spec.enabled)
    .map((spec): EventSource => {
      const events: SourceEvents = {
        onActivity: () => {
          activity++;
        },
        onFault: (error) => onFault(spec.logicalId, error),
      };
      return spec.kind === 'sqs'
        ? startQueueSource(spec, deps, events)
        : startStreamSource(spec, deps, events);
    });
  const chosen = (logicalId: string | undefined): EventSource[] => {
    const found = sources.filter((source) => (logicalId ?? source.logicalId) === source.logicalId);
    if (logicalId !== undefined && found.length === 0) {
      throw new Error(`No enabled event source mapping has the id ${logicalId}`);
    }
    return found;
  };
  const setDraining = (draining: boolean): void => {
    for (const source of sources) source.setDraining(draining);
  };

  return {
    pause: (logicalId) => {
      for (const source of chosen(logicalId)) source.pause();
    },
    resume: (logicalId) => {
      for (const source of chosen(logicalId)) source.resume();
    },
    idle: async () => {
      idlers++;
      setDraining(true);
      try {
        // A pass counts only if nothing moved during it: one source's work may feed another.
        for (let seen = -1; seen !== activity && !isStopped; ) {
          seen = activity;
          await Promise.all(sources.map((source) => source.settled()));
        }
      } finally {
        idlers--;
        if (idlers === 0) setDraining(false);
      }
    },
    tick: () => {
      deps.sqs.tick();
      for (const source of sources) source.tick();
    },
    stop: async () => {
      isStopped = true;
      await Promise.all(sources.map((source) => source.stop()));
    },
  };
};
