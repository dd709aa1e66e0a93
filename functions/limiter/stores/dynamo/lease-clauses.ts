import type { Concurrency } from '../../algorithms/concurrency.ts';
import { shortId } from '../../algorithms/request-ids.ts';
import type { Leases } from '../limit-item.ts';
import type { Charge } from '../limit-store.ts';
import type { Clauses } from './clauses.ts';

/** The attribute that holds a subject's leases: a map of short id to expiry. */
export const leasesAttribute = 'l';

/** Removed one by one, each under a condition; more at once are removed with the whole map. */
const mostRemoved = 20;

/** Swaps the map that was seen for its live leases and the new one. */
const replaceMap = (
  { set, conditions, values }: Clauses,
  leases: Leases,
  kept: readonly (readonly [string, number])[],
  taken: readonly [string, number],
): void => {
  set.push('#l = :fresh');
  conditions.push('#l = :seen');
  values[':fresh'] = Object.fromEntries([...kept, taken]);
  values[':seen'] = leases;
};

/**
 * One lease on the map, if it has room once the dead ones that were seen are gone. A path into a
 * map needs the map, so that a subject without one has a form of its own. The request's own lease,
 * when live, fails every form: a duplicate.
 */
export const addLease = (
  clauses: Clauses,
  { limit, leaseSeconds }: Concurrency,
  { requestId, nowMicros }: Charge,
  leases: Leases | undefined,
): void => {
  if (requestId === undefined) throw new TypeError('A concurrency limit needs a request id');
  const { set, remove, conditions, names, values } = clauses;
  const id = shortId(requestId);
  const expiry = nowMicros + leaseSeconds * 1e6;
  names['#l'] = leasesAttribute;
  if (leases === undefined) {
    set.push('#l = :leases');
    conditions.push('attribute_not_exists(#l)');
    values[':leases'] = { [id]: expiry };
    return;
  }
  const others = Object.entries(leases).filter(([each]) => each !== id);
  const live = others.filter(([, end]) => end > nowMicros);
  const dead = others.filter(([, end]) => end <= nowMicros);
  const isHeld = (leases[id] ?? 0) > nowMicros;
  if (dead.length > mostRemoved && live.length < limit && !isHeld) {
    replaceMap(clauses, leases, live, [id, expiry]);
    return;
  }
  const removed = dead.slice(0, mostRemoved);
  const hasDied = leases[id] !== undefined && !isHeld;
  names['#i'] = id;
  values[':expiry'] = expiry;
  set.push('#l.#i = :expiry');
  if (hasDied || removed.length > 0) values[':now'] = nowMicros;
  conditions.push(hasDied ? '#l.#i <= :now' : 'attribute_not_exists(#l.#i)', 'size(#l) < :places');
  values[':places'] = limit + removed.length + (hasDied ? 1 : 0);
  removed.forEach(([each], index) => {
    names[`#e${index}`] = each;
    remove.push(`#l.#e${index}`);
    // Each counts as a place, so that another process must not have removed it meanwhile.
    conditions.push(`#l.#e${index} <= :now`);
  });
};
