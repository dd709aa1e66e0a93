import { sha256Base64url } from '../../kernel/hashing.ts';

const epochMicros = 30e6;

/**
 * Requests remembered of a subject at a time: an item over 1 KB costs two write units. A subject
 * that sends more in 90 s has the retries of its later requests charged again.
 */
export const mostIds = 128;

export const requestEpoch = (nowMicros: number): number => Math.floor(nowMicros / epochMicros);

export const idsAttribute = (epoch: number): string => `d_${epoch}`;

/** The epoch whose requests an attribute holds, or undefined for any other attribute. */
export const epochOfAttribute = (attribute: string): number | undefined => {
  const match = /^d_(\d+)$/.exec(attribute);
  return match ? Number(match[1]) : undefined;
};

/** Of a short id. The Redis script counts ids by it. */
export const idLength = 6;

/** 36 bits of a request's id: what a collision costs is one request that is not charged. */
export const shortId = (requestId: string): string => sha256Base64url(requestId).slice(0, idLength);

/**
 * What a charge is known by. The cost is part of it, so that who asks for units back cannot ask for
 * more than were taken.
 */
export const chargeId = (requestId: string, cost: number): string =>
  shortId(`${cost} ${requestId}`);

/** The epochs in which a retry looks for its original; the next one too, for a faster clock. */
export const liveEpochs = (nowMicros: number): readonly number[] => {
  const epoch = requestEpoch(nowMicros);
  return [epoch - 1, epoch, epoch + 1];
};
