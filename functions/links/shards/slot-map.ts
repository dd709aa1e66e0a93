import { slotCount } from './slot.ts';

/** Slots `from` to `to`, both included, and the table that holds them. */
export interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly table: string;
}

/** Which table holds which slot: ranges in order, every slot in exactly one. */
export interface SlotMap {
  /** 0 for the even map, which nobody stored; higher is newer. */
  readonly version: number;
  readonly ranges: readonly SlotRange[];
}

/** The map that holds while none is stored: the slots in equal parts, in the order of the tables. */
export const evenSlotMap = (tables: readonly string[]): SlotMap => {
  const border = (index: number) => Math.floor((index * slotCount) / tables.length);
  if (tables.length === 0 || tables.length > slotCount) {
    throw new RangeError(`${slotCount} slots cannot be shared by ${tables.length} tables`);
  }
  return {
    version: 0,
    ranges: tables.map((table, index) => ({
      from: border(index),
      to: border(index + 1) - 1,
      table,
    })),
  };
};

const asRange = (value: unknown, tables: readonly string[]): SlotRange => {
  const { from, to, table } = (value ?? {}) as Record<string, unknown>;
  if (typeof from !== 'number' || typeof to !== 'number' || typeof table !== 'string') {
    throw new Error('slot map: a range needs the numbers from and to, and a table');
  }
  if (!Number.isInteger(from) || !Number.isInteger(to) || from > to) {
    throw new Error(`slot map: ${from} to ${to} is not a range`);
  }
  if (!tables.includes(table)) throw new Error(`slot map: table ${table} is not one of ours`);
  return { from, to, table };
};

/**
 * A stored map, checked against the `tables` that this function may use.
 * @throws Error where it has a gap, an overlap, an unknown table or no version
 */
export const parseSlotMap = (value: unknown, tables: readonly string[]): SlotMap => {
  const { version, ranges } = (value ?? {}) as Record<string, unknown>;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new Error('slot map: the version is a whole number from 1');
  }
  if (!Array.isArray(ranges)) throw new Error('slot map: ranges is a list');
  const sorted = ranges.map((range) => asRange(range, tables)).sort((a, b) => a.from - b.from);
  let next = 0;
  for (const { from, to } of sorted) {
    if (from !== next) throw new Error(`slot map: slot ${Math.min(from, next)} is not held once`);
    next = to + 1;
  }
  if (next !== slotCount) throw new Error(`slot map: it ends at slot ${next - 1}`);
  return { version, ranges: sorted };
};

/** The table of a slot, by binary search. */
export const tableOfSlot = ({ ranges }: SlotMap, slot: number): string => {
  let low = 0;
  let high = ranges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (slot <= (ranges[middle]?.to ?? 0)) high = middle;
    else low = middle + 1;
  }
  const range = ranges[low];
  if (range === undefined || slot < range.from || slot > range.to) {
    throw new RangeError(`no table holds slot ${slot}`);
  }
  return range.table;
};
