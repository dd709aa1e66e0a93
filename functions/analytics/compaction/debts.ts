import type { Debt, Ledger } from '../counts/ledger.ts';
import { endOf, startOf, unitMinutes } from '../counts/unit.ts';
import type { CountWriter } from '../counts/write-unit.ts';
import { minuteMs } from '../segments/recorded-click.ts';
import { type RollUpUnit, rollUp } from './roll-up.ts';

/** A unit is counted this long after its end, by when no clock of ours still takes it for open. */
export const graceMinutes = 2;

export interface DebtOptions extends CountWriter {
  readonly newToken: () => string;
  readonly nowMs: () => number;
}

export const dueAtMs = (unit: Debt['unit']): number => (endOf(unit) + graceMinutes) * minuteMs;

const debtsOf = (level: 'hour' | 'day', marks: ReadonlyMap<number, string>) =>
  [...marks].map(([start, token]) => ({ unit: { level, start } as const, token }));

/** When the first of the ledger's debts falls due; infinite where it has none. */
export const firstDueMs = ({ hours, days }: Ledger): number =>
  Math.min(
    ...[...debtsOf('hour', hours), ...debtsOf('day', days)].map(({ unit }) => dueAtMs(unit)),
    Number.POSITIVE_INFINITY,
  );

/** Hours counted in one go; what is left stays marked for the next. */
const hoursAtOnce = 24;

/** Counts the hours that are over, then the days of which no hour is owed any more. */
export const settleDebts = async (
  { newToken, nowMs, ...writer }: DebtOptions,
  workspace: string,
  ledger: Ledger,
): Promise<void> => {
  const isDue = ({ unit }: Debt): boolean => nowMs() >= dueAtMs(unit);
  const owed = new Set(ledger.hours.keys());
  const days = new Map(ledger.days);
  const count = (unit: Omit<RollUpUnit, 'workspace'>) => rollUp(writer, { workspace, ...unit });

  for (const debt of debtsOf('hour', ledger.hours).filter(isDue).slice(0, hoursAtOnce)) {
    await count(debt.unit);
    const day = { level: 'day', start: startOf('day', debt.unit.start) } as const;
    const token = newToken();
    if (!(await writer.ledgers.settle(workspace, debt, { unit: day, token }))) continue;
    owed.delete(debt.unit.start);
    days.set(day.start, token);
  }
  const isOpen = ({ unit: { start } }: Debt): boolean =>
    [...owed].some((hour) => hour >= start && hour < start + unitMinutes.day);
  for (const debt of debtsOf('day', days).filter((each) => isDue(each) && !isOpen(each))) {
    await count(debt.unit);
    await writer.ledgers.settle(workspace, debt);
  }
};
