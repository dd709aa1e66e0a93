import QuickLRU from 'quick-lru';
import type { Receipt } from '../algorithms/arithmetic.ts';
import {
  arrivalAttribute,
  hasRoomForRecord,
  recordedCharges,
  recordedReceipt,
  takenAttribute,
} from '../algorithms/charge-records.ts';
import { chargeAll, concurrencyOf, fitsAll, receiptOf, refundAll } from '../algorithms/limit.ts';
import { chargeId, liveEpochs, mostIds, requestEpoch, shortId } from '../algorithms/request-ids.ts';
import type { SubjectState } from '../algorithms/subject-state.ts';
import { isKnown } from './known-charge.ts';
import type { Charge, LeaseHold, LimitStore, Refund } from './limit-store.ts';
import { staleNumbers } from './stale-attributes.ts';

interface Subject {
  numbers: Record<string, number>;
  readonly ids: Map<number, Set<string>>;
  leases: Record<string, number>;
}

const newSubject = (): Subject => ({ numbers: {}, ids: new Map(), leases: {} });

const liveIds = ({ numbers, ids }: Subject, nowMicros: number): string[] => [
  ...liveEpochs(nowMicros).flatMap((epoch) => [...(ids.get(epoch) ?? [])]),
  ...recordedCharges(numbers, nowMicros),
];

const remember = (subject: Subject, id: string, nowMicros: number): void => {
  const { ids } = subject;
  const live = liveEpochs(nowMicros);
  for (const epoch of ids.keys()) if (!live.includes(epoch)) ids.delete(epoch);
  const epoch = requestEpoch(nowMicros);
  if (liveIds(subject, nowMicros).length >= mostIds) return;
  ids.set(epoch, (ids.get(epoch) ?? new Set()).add(id));
};

const record = ({ numbers }: Subject, id: string, receipt: Receipt): void => {
  if (!hasRoomForRecord(numbers, receipt.takenMicros)) return;
  numbers[takenAttribute(id)] = receipt.takenMicros;
  if (receipt.arrivalMicros !== undefined) numbers[arrivalAttribute(id)] = receipt.arrivalMicros;
};

/** Uses up the proof of a charge, and returns what it says. */
const redeem = (subject: Subject, refund: Refund): Receipt | undefined => {
  const id = chargeId(refund.requestId, refund.cost);
  const { receipt, nowMicros } = refund;
  if (receipt !== undefined) {
    const epoch = requestEpoch(receipt.takenMicros);
    return subject.ids.get(epoch)?.delete(id) ? receipt : undefined;
  }
  const recorded = recordedReceipt(subject, id, nowMicros);
  delete subject.numbers[takenAttribute(id)];
  delete subject.numbers[arrivalAttribute(id)];
  return recorded;
};

/**
 * One process's own store: for tests, and as the insurance while the shared store is down. It keeps
 * at least `maxKeys` and at most twice as many subjects; one that is pushed out starts afresh.
 */
export const createMemoryLimitStore = ({ maxKeys = 50_000 } = {}): LimitStore => {
  const subjects = new QuickLRU<string, Subject>({ maxSize: maxKeys });

  const stateOf = (subject: Subject, nowMicros: number): SubjectState => ({
    numbers: { ...subject.numbers },
    requestIds: liveIds(subject, nowMicros),
    leases: { ...subject.leases },
  });

  const write = (subject: Subject, { limits, cost, nowMicros, requestId, ...rest }: Charge) => {
    const entries = new Map(chargeAll(limits, stateOf(subject, nowMicros), nowMicros, cost));
    for (const name of staleNumbers(subject.numbers, new Set(entries.keys()), nowMicros)) {
      delete subject.numbers[name];
    }
    Object.assign(subject.numbers, Object.fromEntries(entries));
    if (requestId === undefined) return;
    const lease = concurrencyOf(limits);
    if (lease !== undefined) {
      const live = Object.entries(subject.leases).filter(([, expiry]) => expiry > nowMicros);
      const expiry = nowMicros + lease.leaseSeconds * 1e6;
      subject.leases = { ...Object.fromEntries(live), [shortId(requestId)]: expiry };
    } else if (rest.refundable === true) {
      const receipt = receiptOf(limits, stateOf(subject, nowMicros), nowMicros);
      record(subject, chargeId(requestId, cost), receipt);
    } else remember(subject, chargeId(requestId, cost), nowMicros);
  };

  const isHeld = (subject: Subject | undefined, { requestId, nowMicros }: LeaseHold) =>
    (subject?.leases[shortId(requestId)] ?? 0) > nowMicros;

  return {
    take: async (charge) => {
      const subject = subjects.get(charge.key) ?? newSubject();
      const { limits, nowMicros, cost } = charge;
      const answer = (kind: 'charged' | 'duplicate' | 'denied') => ({
        kind,
        state: stateOf(subject, nowMicros),
      });
      if (isKnown(stateOf(subject, nowMicros), charge)) return answer('duplicate');
      if (!fitsAll(limits, stateOf(subject, nowMicros), nowMicros, cost)) return answer('denied');
      write(subject, charge);
      subjects.set(charge.key, subject);
      return answer('charged');
    },
    peek: async (key, nowMicros) => stateOf(subjects.get(key) ?? newSubject(), nowMicros),
    refund: async (refund) => {
      const { limits, nowMicros, units, cost } = refund;
      const subject = subjects.get(refund.key);
      if (subject === undefined) return false;
      const receipt = redeem(subject, refund);
      if (receipt === undefined) return false;
      const entries = refundAll(limits, receipt, nowMicros, units, cost);
      for (const [name, less] of entries) {
        const value = subject.numbers[name];
        if (value !== undefined) subject.numbers[name] = value - less;
      }
      return true;
    },
    release: async (hold) => {
      const subject = subjects.get(hold.key);
      const held = isHeld(subject, hold);
      delete subject?.leases[shortId(hold.requestId)];
      return held;
    },
    renew: async (hold) => {
      const subject = subjects.get(hold.key);
      const lease = concurrencyOf(hold.limits);
      if (lease === undefined || subject === undefined || !isHeld(subject, hold)) return false;
      subject.leases[shortId(hold.requestId)] = hold.nowMicros + lease.leaseSeconds * 1e6;
      return true;
    },
    reset: async (key) => {
      subjects.delete(key);
    },
  };
};
