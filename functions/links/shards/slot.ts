import { crc16 } from '../../kernel/hashing.ts';

export const slotCount = 16_384;

/** The hash slot of a `<domain>/<code>`: CRC-16 modulo 16,384, as Redis Cluster places keys. */
export const slotOf = (key: string): number => crc16(key) % slotCount;
