import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** Appends numbers, texts and blobs to a growing buffer. */
export interface ByteWriter {
  /** An integer from 0 to 2^53 - 1, 7 bits a byte, lowest first. */
  varint(value: number): void;
  text(value: string): void;
  blob(value: Uint8Array): void;
  bytes(): Buffer;
}

export const byteWriter = (): ByteWriter => {
  let buffer = Buffer.allocUnsafe(1024);
  let length = 0;
  const reserve = (more: number): void => {
    if (length + more <= buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(buffer.length * 2, length + more));
    buffer.copy(grown, 0, 0, length);
    buffer = grown;
  };
  const varint = (value: number): void => {
    reserve(8);
    let rest = value;
    while (rest > 127) {
      buffer[length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    buffer[length++] = rest;
  };
  const blob = (value: Uint8Array): void => {
    reserve(value.length);
    buffer.set(value, length);
    length += value.length;
  };
  return {
    varint,
    blob,
    text: (value) => {
      const encoded = Buffer.from(value, 'utf8');
      varint(encoded.length);
      blob(encoded);
    },
    bytes: () => buffer.subarray(0, length),
  };
};

export interface ByteReader {
  varint(): number;
  varints(count: number): number[];
  /** Passes over as many varints. */
  skip(count: number): void;
  text(): string;
  blob(length: number): Buffer;
}

/** Reads what a {@link ByteWriter} wrote; throws RangeError past the end. */
export const byteReader = (source: Uint8Array): ByteReader => {
  const buffer = Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  let offset = 0;
  const tooEarly = (): never => {
    throw new RangeError('packed bytes end too early');
  };
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = buffer[offset++] ?? tooEarly();
      if (byte < 128) return value + byte * scale;
      value += (byte & 127) * scale;
    }
  };
  const skip = (count: number): void => {
    for (let left = count; left > 0; ) if ((buffer[offset++] ?? tooEarly()) < 128) left--;
  };
  const blob = (length: number): Buffer => {
    if (offset + length > buffer.length) tooEarly();
    offset += length;
    return buffer.subarray(offset - length, offset);
  };
  return {
    varint,
    varints: (count) => {
      const values: number[] = [];
      for (let left = count; left > 0; left--) values.push(varint());
      return values;
    },
    skip,
    blob,
    text: () => {
      const length = varint();
      if (offset + length > buffer.length) tooEarly();
      offset += length;
      return buffer.toString('utf8', offset - length, offset);
    },
  };
};

const plain = 0;
const brotli = 1;

/** Schema number, how it is compressed, then the body, compressed where that is shorter. */
export const seal = (schema: number, body: Buffer): Buffer => {
  const packed = brotliCompressSync(body, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 5,
      [constants.BROTLI_PARAM_LGWIN]: 18,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  return packed.length < body.length
    ? Buffer.concat([Buffer.from([schema, brotli]), packed])
    : Buffer.concat([Buffer.from([schema, plain]), body]);
};

/** @throws Error where the bytes have another schema: newer code wrote them. */
export const unseal = (schema: number, sealed: Uint8Array): ByteReader => {
  if (sealed[0] !== schema) throw new Error(`packed bytes have schema ${sealed[0]}, not ${schema}`);
  const body = sealed.subarray(2);
  return byteReader(sealed[1] === brotli ? brotliDecompressSync(body) : body);
};

/** Numbers texts in order of first use. */
export const textTable = () => {
  const indices = new Map<string, number>();
  return {
    indexOf: (text: string): number => {
      const known = indices.get(text);
      if (known !== undefined) return known;
      indices.set(text, indices.size);
      return indices.size - 1;
    },
    write: (writer: ByteWriter): void => {
      writer.varint(indices.size);
      for (const text of indices.keys()) writer.text(text);
    },
  };
};

export const readTexts = (reader: ByteReader): string[] =>
  Array.from({ length: reader.varint() }, () => reader.text());

/** The entry of a table that was written together with `index`. */
export const entryAt = <T>(table: readonly T[], index: number): T => {
  const entry = table[index];
  if (entry === undefined) throw new RangeError(`packed bytes name entry ${index}, which is none`);
  return entry;
};
