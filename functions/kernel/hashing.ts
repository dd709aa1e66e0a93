import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export const sha256 = (data: string | Uint8Array): Buffer => hash('sha256', data, 'buffer');

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

export const sha256Base64url = (data: string | Uint8Array): string =>
  hash('sha256', data, 'base64url');

/** One of `places`, from 0 on: always the same for a text, and each as often over many. */
export const placeOf = (text: string, places: number): number =>
  parseInt(sha256Hex(text).slice(0, 8), 16) % places;

export const hmacSha256 = (key: string | Uint8Array, data: string | Uint8Array): Buffer =>
  createHmac('sha256', key).update(data).digest();

/** Compares two secrets in a time that does not depend on where they differ. */
export const constantTimeEqual = (left: string, right: string): boolean =>
  timingSafeEqual(sha256(left), sha256(right));

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
});

/** CRC-16/XMODEM of the text's UTF-8 bytes, the one Redis Cluster hashes keys with. */
export const crc16 = (text: string): number => {
  let crc = 0;
  for (const byte of Buffer.from(text, 'utf8')) {
    crc = ((crc << 8) & 0xffff) ^ (crcTable[(crc >> 8) ^ byte] ?? 0);
  }
  return crc;
};
