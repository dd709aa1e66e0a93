import { placeOf } from '../../../kernel/hashing.ts';
import type { Concurrency } from '../../algorithms/concurrency.ts';
import { shortId } from '../../algorithms/request-ids.ts';
import type { Leases } from '../limit-item.ts';
import type { Charge } from '../limit-store.ts';
import type { Clauses } from './clauses.ts';

/** The attribute that holds a subject's leases: a map of short id to expiry. */
export const leasesAttribute = 'l';

/** Removed one by one, each under a condition. */
const mostRemoved = 20;

/**
 * Swaps the map that was seen for its live leases and the new one: where the limit was lowered, and
 * more dead leases are in the way than one write names.
 */
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

/** Dead leases to remove: those that must be there for this one to have a place, and others. */
const chooseDead = (dead: readonly string[], needed: number, id: string) => {
  // Not the same ones for all who meet at a full map.
  const start = dead.length === 0 ? 0 : placeOf(id, dead.length);
  const turned = [...dead.slice(start), ...dead.slice(0, start)].slice(0, mostRemoved);
  return { places: turned.slice(0, needed), all: turned };
};

/**
 * One lease on the map, if it has room, or dead leases to replace. A path into a map needs the map,
 * so that a subject without one has a form of its own. The request's own lease, when live, fails
 * every form: a duplicate. What others do meanwhile fails the write only where it took the room.
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
  const dead = others.filter(([, end]) => end <= nowMicros).map(([each]) => each);
  const isHeld = (leases[id] ?? 0) > nowMicros;
  const needed = live.length < limit && !isHeld ? Math.max(others.length - limit + 1, 0) : 0;
  if (needed > mostRemoved) {
    replaceMap(clauses, leases, live, [id, expiry]);
    return;
  }
  const { places, all } = chooseDead(dead, needed, id);
  const hasDied = leases[id] !== undefined && !isHeld;
  names['#i'] = id;
  values[':expiry'] = expiry;
  set.push('#l.#i = :expiry');
  if (hasDied || all.length > 0) values[':now'] = nowMicros;
  conditions.push(hasDied ? '#l.#i <= :now' : 'attribute_not_exists(#l.#i)');
  const room = limit + (hasDied ? 1 : 0);
  values[':room'] = room;
  all.forEach((each, index) => {
    names[`#e${index}`] = each;
    remove.push(`#l.#e${index}`);
    // Taken again meanwhile, it is a live one.
    conditions.push(`NOT #l.#e${index} > :now`);
  });
  if (places.length === 0) {
    conditions.push('size(#l) < :room');
    return;
  }
  values[':places'] = room + places.length;
  const stillThere = places.map((_, index) => `#l.#e${index} <= :now`).join(' AND ');
  conditions.push(`(size(#l) < :room OR (size(#l) < :places AND ${stillThere}))`);
};
