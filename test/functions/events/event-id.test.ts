import { describe, expect, it } from 'vitest';
import { eventId } from '../../../functions/events/event-id.ts';

describe('eventId', () => {
  it('is eleven characters of base64url, the same for the same request', () => {
    expect(eventId('request-1')).toMatch(/^[\w-]{11}$/);
    expect(eventId('request-1')).toBe(eventId('request-1'));
    expect(eventId('request-1')).not.toBe(eventId('request-2'));
  });

  it('starts as the SHA-256 of the request id does', () => {
    expect(Buffer.from(eventId('abc'), 'base64url').toString('hex')).toBe('ba7816bf8f01cfea');
  });
});
