import { chargeOfAttribute } from '../algorithms/charge-records.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';

/** What limits count of a subject, without its requests and leases: they can take ten times the memory. */
export const countsOf = ({ numbers }: SubjectState): SubjectState => ({
  numbers: Object.fromEntries(
    Object.entries(numbers).filter(([name]) => chargeOfAttribute(name) === undefined),
  ),
  requestIds: [],
  leases: {},
});
