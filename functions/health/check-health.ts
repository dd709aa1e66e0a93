import type { Clock } from '../kernel/clock.ts';
import type { Probe } from './probe.ts';

export interface DependencyHealth {
  readonly name: string;
  readonly status: 'up' | 'down';
  readonly latencyMs: number;
  /** The error's name: AWS's own texts hold account numbers and ARNs. */
  readonly error?: string;
}

export interface Health {
  readonly status: 'up' | 'down';
  readonly dependencies: readonly DependencyHealth[];
}

const ask = async (probe: Probe, clock: Clock): Promise<DependencyHealth> => {
  const startedAt = clock.now();
  try {
    await probe.check();
    return { name: probe.name, status: 'up', latencyMs: clock.now() - startedAt };
  } catch (error) {
    return {
      name: probe.name,
      status: 'down',
      latencyMs: clock.now() - startedAt,
      error: error instanceof Error ? error.name : 'UnknownError',
    };
  }
};

/** Asks every dependency at the same time; one that is down takes the whole down. */
export const checkHealth = async (probes: readonly Probe[], clock: Clock): Promise<Health> => {
  const dependencies = await Promise.all(probes.map((probe) => ask(probe, clock)));
  const down = dependencies.some(({ status }) => status === 'down');
  return { status: down ? 'down' : 'up', dependencies };
};
