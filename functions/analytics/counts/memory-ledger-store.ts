import type { LedgerStore } from './ledger.ts';
import { debtName, depthName, toLedger } from './ledger-attributes.ts';

export const memoryLedgerStore = (): LedgerStore => {
  const ledgers = new Map<string, Record<string, unknown>>();
  const of = (workspace: string): Record<string, unknown> => {
    const attributes = ledgers.get(workspace) ?? {};
    ledgers.set(workspace, attributes);
    return attributes;
  };
  return {
    read: async (workspace) => toLedger(of(workspace)),
    mark: async (workspace, hours, token) => {
      const attributes = of(workspace);
      for (const start of hours) attributes[debtName({ level: 'hour', start })] = token;
      return toLedger(attributes);
    },
    settle: async (workspace, { unit, token }, next) => {
      const attributes = of(workspace);
      if (attributes[debtName(unit)] !== token) return false;
      delete attributes[debtName(unit)];
      if (next) attributes[debtName(next.unit)] = next.token;
      return true;
    },
    deepen: async (workspace, depth) => {
      of(workspace)[depthName(depth)] = true;
    },
  };
};
