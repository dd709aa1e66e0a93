import type { ClickClass } from './click.ts';
import { datacenterAsns } from './datacenters.ts';
import type { Agent } from './read-agent.ts';

export interface Visit {
  readonly method: string;
  readonly agent: Agent;
  readonly asn?: number | undefined;
  /** The values of Sec-Purpose, Purpose and X-Moz, whichever came. */
  readonly purposes: readonly (string | undefined)[];
}

const early = /prefetch|prerender|preview/i;

/** Who followed the link. What a client says of itself counts before what we guess. */
export const classifyAgent = ({ method, agent, asn, purposes }: Visit): ClickClass => {
  if (method === 'HEAD') return 'head';
  if (purposes.some((purpose) => purpose !== undefined && early.test(purpose))) return 'prefetch';
  if (agent.kind !== 'browser') return agent.kind;
  return asn !== undefined && datacenterAsns.has(asn) ? 'suspect' : 'human';
};
