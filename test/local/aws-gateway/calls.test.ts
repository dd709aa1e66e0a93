import { describe, expect, it } from 'vitest';
import { createCallLog } from '../../../local/aws-gateway/calls.ts';

const post = { function: 'LinksApi', route: 'POST /v1/links' };
const list = { function: 'LinksApi', route: 'GET /v1/links' };

describe('createCallLog', () => {
  it('keeps calls and units by route, and adds them up by function', () => {
    const calls = createCallLog();
    calls.invoked(post, { ok: true });
    calls.called(post, { action: 'dynamodb:PutItem', wru: 2 });
    calls.called(post, { action: 'dynamodb:GetItem', rru: 0.5 });
    calls.invoked(list, { ok: false });
    calls.called(list, { action: 'sqs:SendMessage' });
    calls.denied(list);

    expect(calls.byRoute()['POST /v1/links']).toEqual({
      function: 'LinksApi',
      invocations: 1,
      errors: 0,
      dynamodb: 2,
      sqs: 0,
      rru: 0.5,
      wru: 2,
      denied: 0,
      actions: { 'dynamodb:PutItem': 1, 'dynamodb:GetItem': 1 },
    });
    expect(calls.of('LinksApi')).toMatchObject({
      invocations: 2,
      errors: 1,
      dynamodb: 2,
      sqs: 1,
      denied: 1,
    });
    expect(calls.of('Redirect')).toMatchObject({ invocations: 0, dynamodb: 0 });
  });

  it('begins anew after a reset', () => {
    const calls = createCallLog();
    calls.called(post, { action: 'dynamodb:GetItem', rru: 1 });
    calls.reset();
    expect(calls.byRoute()).toEqual({});
  });
});
