import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatViewer } from '../../../../functions/edge/viewer.ts';
import { readRequest } from '../../../../functions/links/redirect/request.ts';
import { manualClock } from '../../../support/manual-clock.ts';

const clock = manualClock();
const viewer = {
  host: 'go.example.com',
  path: '/abc',
  requestId: 'Req-1',
  ip: '203.0.113.9',
  seenAt: 7,
};

const eventOf = (headers: Record<string, string>, rawPath = '/from-gateway') =>
  ({
    rawPath,
    headers,
    requestContext: {
      requestId: 'Gateway-1',
      domainName: 'abc.execute-api.eu-central-1.amazonaws.com',
      http: { method: 'GET', path: rawPath, sourceIp: '198.51.100.7' },
    },
  }) as unknown as APIGatewayProxyEventV2;

const read = (path: string) =>
  readRequest(eventOf({ 'x-hop-viewer': formatViewer({ ...viewer, path }) }), clock);

describe('readRequest', () => {
  it('believes the packed header, not what API Gateway saw', () => {
    expect(read('/abc')).toMatchObject({ method: 'GET', kind: 'program', path: 'abc', viewer });
  });

  it.each([
    ['/caf%C3%A9', 'café'],
    ['/a%2Fb', 'a/b'],
    ['/%E2%9D%A4%EF%B8%8F', '❤️'],
    ['/', ''],
    ['/%', undefined],
    ['/%C3%28', undefined],
    ['/%FF', undefined],
  ])('decodes %s', (path, expected) => {
    expect(read(path).path).toBe(expected);
  });

  it('never throws for a path', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('%', '/', 'F', '0', 'é', '😀', '\u0000') }),
        (path) => {
          expect(() => read(path)).not.toThrow();
        },
      ),
    );
  });

  it.each(['page', 'unfurl', 'program'])('reads the kind %s', (kind) => {
    expect(readRequest(eventOf({ 'x-hop-kind': kind }), clock).kind).toBe(kind);
  });

  it('takes an unknown reader for a program', () => {
    expect(readRequest(eventOf({ 'x-hop-kind': 'robot' }), clock).kind).toBe('program');
  });

  it('makes do with what API Gateway saw when the edge failed, without an address', () => {
    expect(readRequest(eventOf({}, '/café'), clock)).toMatchObject({
      path: 'café',
      viewer: { requestId: 'Gateway-1', ip: '', seenAt: clock.now() },
    });
  });
});
