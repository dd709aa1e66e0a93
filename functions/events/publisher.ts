import type { Click } from './click.ts';

/** Where clicks go. */
export interface ClickPublisher {
  /** Settles within a short budget and never rejects: a redirect does not fail for its statistics. */
  publish(click: Click): Promise<void>;
}
