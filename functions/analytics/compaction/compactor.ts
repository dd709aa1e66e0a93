import type { Clock } from '../../kernel/clock.ts';
import { settleEach } from '../concurrency.ts';
import type { Ledger } from '../counts/ledger.ts';
import { endOf, startOf } from '../counts/unit.ts';
import { minuteMs } from '../segments/recorded-click.ts';
import type { MinuteKey } from '../segments/segment-store.ts';
import { compactMinute, type MinuteStores } from './compact-minute.ts';
import { firstDueMs, settleDebts } from './debts.ts';

export interface CompactorOptions extends MinuteStores {
  readonly clock: Clock;
  readonly newToken: () => string;
}

export interface Compactor {
  /** Counts the minutes anew; gives those that failed and why. */
  compact(minutes: readonly MinuteKey[]): Promise<{ key: MinuteKey; fault: unknown }[]>;
  /** Counts hours and days that a workspace owes, though nobody clicks there any more. */
  settle(workspace: string): Promise<void>;
}

interface Memory {
  /** Hours that are marked, and stay so while they are open. */
  readonly openHours: ReadonlySet<number>;
  readonly firstDueMs: number;
}

const minutesAtOnce = 8;
const workspacesRemembered = 1000;

/**
 * Minutes are counted at once, hours and days when they are over. While an hour is open its mark is
 * remembered and costs nothing; a click in an hour that is over marks it anew.
 */
export const createCompactor = (options: CompactorOptions): Compactor => {
  const { clock, ledgers, newToken } = options;
  const memories = new Map<string, Memory>();
  const isOver = (hour: number): boolean =>
    clock.now() >= endOf({ level: 'hour', start: hour }) * minuteMs;

  const remember = (workspace: string, ledger: Ledger): void => {
    if (memories.size >= workspacesRemembered) memories.clear();
    memories.set(workspace, {
      openHours: new Set([...ledger.hours.keys()].filter((hour) => !isOver(hour))),
      firstDueMs: firstDueMs(ledger),
    });
  };

  const settleLedger = async (workspace: string, ledger: Ledger): Promise<void> => {
    memories.delete(workspace);
    await settleDebts({ ...options, nowMs: clock.now }, workspace, ledger);
    remember(workspace, firstDueMs(ledger) > clock.now() ? ledger : await ledgers.read(workspace));
  };

  /** Call it only after minutes of these hours were written. */
  const markHours = async (workspace: string, hours: ReadonlySet<number>): Promise<void> => {
    const memory = memories.get(workspace);
    const unmarked = [...hours].filter((hour) => isOver(hour) || !memory?.openHours.has(hour));
    if (unmarked.length > 0) {
      await settleLedger(workspace, await ledgers.mark(workspace, unmarked, newToken()));
    } else if (memory !== undefined && clock.now() >= memory.firstDueMs) {
      await settleLedger(workspace, await ledgers.read(workspace));
    }
  };

  return {
    compact: async (minutes) => {
      const results = await settleEach(minutes, minutesAtOnce, (key) =>
        compactMinute(options, key),
      );
      const failed = results.flatMap((result, index) =>
        result.status === 'rejected'
          ? [{ key: minutes[index] as MinuteKey, fault: result.reason as unknown }]
          : [],
      );
      const written = minutes.filter((_, index) => {
        const result = results[index];
        return result?.status === 'fulfilled' && result.value;
      });
      const byWorkspace = [...Map.groupBy(written, ({ workspace }) => workspace)];
      const marks = await settleEach(byWorkspace, minutesAtOnce, ([workspace, keys]) =>
        markHours(workspace, new Set(keys.map(({ minute }) => startOf('hour', minute)))),
      );
      return [
        ...failed,
        ...marks.flatMap((result, index) =>
          result.status === 'rejected'
            ? (byWorkspace[index]?.[1] ?? []).map((key) => ({ key, fault: result.reason }))
            : [],
        ),
      ];
    },
    settle: async (workspace) => settleLedger(workspace, await ledgers.read(workspace)),
  };
};
