/** What is kept of one subject. Times are microseconds since the epoch. */
export interface SubjectState {
  /** Arrival times, counts and charge records, by attribute. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Short ids of requests charged of late. */
  readonly requestIds: readonly string[];
  /** Expiry of each concurrency lease, by the lease's short id. */
  readonly leases: Readonly<Record<string, number>>;
}

export const emptyState: SubjectState = { numbers: {}, requestIds: [], leases: {} };
