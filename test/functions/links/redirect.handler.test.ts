import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventId } from '../../../functions/events/event-id.ts';
import {
  ask,
  clicks,
  dynamo,
  link,
  linkReads,
  now,
  setUp,
  sqs,
  startHandler,
  store,
  tearDown,
} from './redirect/redirect-harness.ts';

beforeEach(setUp);
afterEach(tearDown);

describe('redirect handler', () => {
  it('sends the visitor to the destination', async () => {
    expect(await ask('/abc1234')).toEqual({
      statusCode: 307,
      headers: {
        location: 'https://example.org/landing?a=1',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  });

  it('reads one item, eventually consistent, and sends one message when cold', async () => {
    await ask('/abc1234');
    expect(linkReads()).toHaveLength(1);
    expect(linkReads()[0]?.args[0].input.ConsistentRead).toBe(false);
    expect(dynamo.calls()).toHaveLength(2); // the other is the slot map, read while starting
    expect(sqs.calls()).toHaveLength(1);
  });

  it('reads nothing and sends one message when warm', async () => {
    await ask('/abc1234');
    dynamo.resetHistory();
    sqs.resetHistory();
    await ask('/abc1234');
    expect(dynamo.calls()).toHaveLength(0);
    expect(sqs.calls()).toHaveLength(1);
  });

  it('publishes the click, described, before it answers', async () => {
    let answered = false;
    let taken = () => {};
    sqs
      .on(SendMessageCommand)
      .callsFake(() => new Promise<object>((resolve) => (taken = () => resolve({}))));
    const answer = ask('/abc1234', { headers: { referer: 'https://www.google.com/' } });
    void answer.then(() => (answered = true));
    await vi.waitFor(() => expect(sqs.calls()).toHaveLength(1));
    expect(answered).toBe(false);
    taken();
    await answer;
    expect(clicks()).toEqual([
      {
        v: 1,
        eid: eventId('Viewer-Request-1=='),
        ts: now,
        link: 'abc1234',
        workspace: 'w1',
        domain: '_',
        class: 'human',
        country: 'DE',
        region: 'BE',
        city: 'Berlin',
        asn: 3320,
        device: 'desktop',
        browser: 'Chrome',
        os: 'Windows',
        refHost: 'google.com',
        source: 'Google',
        channel: 'search',
      },
    ]);
  });

  it('answers HEAD as GET and counts it as head', async () => {
    expect(await ask('/abc1234', { method: 'HEAD' })).toMatchObject({ statusCode: 307 });
    expect(clicks().map((click) => click.class)).toEqual(['head']);
    expect(await ask('/nothing', { method: 'HEAD' })).not.toHaveProperty('body');
  });

  it.each([
    ['an unknown code', '/nothing', {}, 404],
    ['a broken encoding', '/%C3%28', {}, 404],
    ['a null byte', '/a%00b', {}, 404],
    ['an expired link', '/abc1234', { expiresAt: now }, 410],
    ['a deleted link', '/abc1234', { state: 'trashed' }, 410],
    ['a disabled link', '/abc1234', { state: 'disabled' }, 404],
    ['a link that has not started', '/abc1234', { startsAt: now + 1 }, 404],
    ['a banned link', '/abc1234', { state: 'banned' }, 451],
  ] as const)('refuses %s and counts nothing', async (_, path, change, status) => {
    store({ ...link, ...change });
    expect(await ask(path)).toMatchObject({ statusCode: status });
    expect(await ask(path, { kind: 'program' })).toMatchObject({
      statusCode: status,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(sqs.calls()).toHaveLength(0);
  });

  it('shows a preview and counts nothing', async () => {
    const { statusCode, body } = await ask('/abc1234+');
    expect(statusCode).toBe(200);
    expect(body).toContain('https://example.org/landing?a=1');
    expect(sqs.calls()).toHaveLength(0);
  });

  it('answers what did not come through the distribution with 403', async () => {
    for (const secret of [undefined, '', 'guess', 'current-secret,previous-secret']) {
      const answer = await ask('/abc1234', { headers: { 'x-hop-origin': secret } });
      expect(answer.statusCode).toBe(403);
    }
    expect(linkReads()).toHaveLength(0);
    expect(sqs.calls()).toHaveLength(0);
  });

  it('accepts the previous secret while it rotates', async () => {
    const answer = await ask('/abc1234', { headers: { 'x-hop-origin': 'previous-secret' } });
    expect(answer.statusCode).toBe(307);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers %s with 405', async (method) => {
    expect(await ask('/abc1234', { method })).toMatchObject({
      statusCode: 405,
      headers: { allow: 'GET, HEAD' },
    });
  });

  it('holds back an address that floods, and no other', async () => {
    for (let request = 0; request < 20; request++) await ask('/abc1234');
    dynamo.resetHistory();
    sqs.resetHistory();
    expect(await ask('/abc1234')).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '1' },
    });
    expect(sqs.calls()).toHaveLength(0);
    expect(await ask('/abc1234', { ip: '203.0.113.10' })).toMatchObject({ statusCode: 307 });
  });

  it('serves robots.txt and an icon, and nothing at the root', async () => {
    expect(await ask('/robots.txt')).toMatchObject({
      statusCode: 200,
      body: 'User-agent: *\nAllow: /\n',
    });
    expect(await ask('/favicon.ico')).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'image/svg+xml' },
    });
    expect(await ask('/')).toMatchObject({ statusCode: 404 });
    expect(linkReads()).toHaveLength(0);
  });

  it('sends the root where the stage says, uncounted', async () => {
    await startHandler({ rootRedirectUrl: 'https://example.org/home' });
    expect(await ask('/')).toMatchObject({
      statusCode: 302,
      headers: { location: 'https://example.org/home' },
    });
    expect(sqs.calls()).toHaveLength(0);
  });

  it('redirects without the edge header, by what API Gateway saw', async () => {
    for (let request = 0; request < 25; request++) {
      const answer = await ask('/abc1234', { headers: { 'x-hop-viewer': undefined } });
      expect(answer.statusCode).toBe(307);
    }
    expect(clicks()).toHaveLength(25);
  });
});
