import { beforeEach, describe, expect, it } from 'vitest';
import { projectChange } from '../../../../functions/links/listing/project-links.ts';
import { setUpRoutes } from '../call-link-routes.ts';
import { exampleLink, exampleTime } from '../example-link.ts';

let { store, index, call } = setUpRoutes();
beforeEach(() => {
  ({ store, index, call } = setUpRoutes());
});

const url = 'https://example.org/';
const spring = { url, code: 'spring' };
const notFound = { status: 404, body: { code: 'not-found' } };

describe('POST /v1/links', () => {
  it('answers the link, where it is and its version', async () => {
    const answer = await call('POST', '/v1/links', { body: { url: 'https://example.org' } });
    const { id } = answer.body;
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: `/v1/links/${id}`, etag: '"1"' },
      body: { code: id, url, shortUrl: `https://hop.example/${id}`, status: 302, state: 'active' },
    });
    expect(answer.headers).not.toHaveProperty('idempotency-replayed');
  });

  it('says that it answers a repeat', async () => {
    const options = { body: { url }, headers: { 'idempotency-key': 'k' } };
    const first = await call('POST', '/v1/links', options);
    const second = await call('POST', '/v1/links', options);
    expect(second).toMatchObject({
      status: 201,
      headers: { 'idempotency-replayed': 'true', location: first.headers.location },
      body: first.body,
    });
  });

  it.each([
    [{ url: 'http://10.0.0.1' }, {}, 422, 'validation-failed', 'url private-address'],
    [{ url: 'https://hop.example/x' }, {}, 422, 'validation-failed', 'url own-host'],
    [{ url, code: 'docs' }, {}, 422, 'validation-failed', 'code reserved'],
    [{ url, code: 'taken' }, {}, 409, 'conflict', 'code taken'],
    [
      { url },
      { 'idempotency-key': 'used' },
      422,
      'idempotency-key-reused',
      'Idempotency-Key reused',
    ],
    [{ url }, { 'idempotency-key': 'a,a' }, 422, 'validation-failed', 'Idempotency-Key malformed'],
  ])('refuses %j with %j', async (body, headers, status, code, refusal) => {
    await call('POST', '/v1/links', {
      body: { url, code: 'taken' },
      headers: { 'idempotency-key': 'used' },
    });
    const answer = await call('POST', '/v1/links', { body, headers });
    expect(answer).toMatchObject({ status, body: { code } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    const errors: { field: string; code: string }[] = answer.body.errors;
    expect(errors.map((error) => `${error.field} ${error.code}`)).toEqual([refusal]);
  });

  it('is gone where the repeated request made a link that was deleted', async () => {
    const options = { body: spring, headers: { 'idempotency-key': 'k' } };
    await call('POST', '/v1/links', options);
    await call('DELETE', '/v1/links/spring');
    expect(await call('POST', '/v1/links', options)).toMatchObject({
      status: 410,
      body: { code: 'gone' },
    });
  });
});

describe('GET /v1/links/{id}', () => {
  it('answers a link by an id of any form', async () => {
    const made = await call('POST', '/v1/links', { body: { url, code: 'a/ü' } });
    const answer = await call('GET', `/v1/links/${made.body.id}`);
    expect(answer).toMatchObject({ status: 200, headers: { etag: '"1"' }, body: made.body });
  });

  it('answers another workspace exactly as where there is nothing', async () => {
    await call('POST', '/v1/links', { body: spring });
    const answers = await Promise.all([
      call('GET', '/v1/links/spring', { workspace: 'other' }),
      call('GET', '/v1/links/nothing', { workspace: 'other' }),
      call('GET', '/v1/links/~broken', { workspace: 'other' }),
    ]);
    expect(answers[0]).toMatchObject(notFound);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('takes no query parameter', async () => {
    expect(await call('GET', '/v1/links/x', { query: { a: '1' } })).toMatchObject({ status: 422 });
  });
});

describe('PATCH /v1/links/{id}', () => {
  beforeEach(async () => {
    await call('POST', '/v1/links', { body: spring });
  });
  const patch = (body: unknown, headers: Record<string, string> = {}, workspace = 'acme') =>
    call('PATCH', '/v1/links/spring', { body, headers, workspace });

  it('answers the link as it is now', async () => {
    expect(await patch({ state: 'disabled', title: 'T' }, { 'if-match': '"1"' })).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { state: 'disabled', title: 'T', version: 2 },
    });
  });

  it('refuses a version that is no more', async () => {
    await patch({ title: 'T' });
    expect(await patch({ title: 'U' }, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { code: 'precondition-failed' },
    });
  });

  it('names what it refuses', async () => {
    expect(await patch({ url: 'ftp://example.org' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'url', code: 'scheme-not-allowed' }] },
    });
    expect(await patch({ title: 'T' }, { 'if-match': '1' })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'If-Match', code: 'malformed' }] },
    });
    expect(await patch({ code: 'x' })).toMatchObject({ status: 422 });
  });

  it('knows no link of another workspace', async () => {
    expect(await patch({ title: 'T' }, {}, 'other')).toMatchObject(notFound);
  });

  it('leaves a banned link alone', async () => {
    await store.create(exampleLink({ code: 'bad', state: 'banned' }));
    const answer = await call('PATCH', '/v1/links/bad', { body: { state: 'active' } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});

describe('DELETE /v1/links/{id}', () => {
  it('answers nothing, once', async () => {
    await call('POST', '/v1/links', { body: spring });
    expect(await call('DELETE', '/v1/links/spring', { workspace: 'other' })).toMatchObject(
      notFound,
    );
    const precondition = { headers: { 'if-match': '"9"' } };
    expect(await call('DELETE', '/v1/links/spring', precondition)).toMatchObject({ status: 412 });
    expect(await call('DELETE', '/v1/links/spring')).toMatchObject({
      status: 204,
      body: undefined,
    });
    expect(await call('DELETE', '/v1/links/spring')).toMatchObject(notFound);
    expect(await call('GET', '/v1/links/spring')).toMatchObject(notFound);
    expect(await call('POST', '/v1/links', { body: spring })).toMatchObject({ status: 409 });
  });
});

describe('GET /v1/links', () => {
  beforeEach(async () => {
    for (let n = 0; n < 3; n++) {
      const after = exampleLink({ code: `c${n}`, createdAt: exampleTime + n });
      await projectChange(index, { after });
    }
  });
  const list = (query: Record<string, string>, workspace = 'acme') =>
    call('GET', '/v1/links', { query, workspace });

  it('answers pages, newest first, the last one without a cursor', async () => {
    const first = await list({ limit: '2' });
    expect(first.body.data.map(({ code }: { code: string }) => code)).toEqual(['c2', 'c1']);
    const second = await list({ limit: '2', cursor: first.body.nextCursor });
    expect(second).toMatchObject({
      status: 200,
      body: { data: [{ code: 'c0', shortUrl: 'https://hop.example/c0' }], nextCursor: null },
    });
  });

  it('names a cursor that is broken or not from this list', async () => {
    const { nextCursor: cursor } = (await list({ limit: '1' })).body;
    const refused = { status: 422, body: { errors: [{ field: 'cursor', code: 'malformed' }] } };
    expect(await list({ cursor: 'x' })).toMatchObject(refused);
    expect(await list({ cursor: '' })).toMatchObject(refused);
    expect(await list({ cursor }, 'other')).toMatchObject(refused);
    expect(await list({ cursor, tag: 'a' })).toMatchObject(refused);
  });
});
