import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLinkFinder } from '../../../functions/links/index.ts';
import { manualClock } from '../../support/manual-clock.ts';

vi.stubEnv('AWS_REGION', 'eu-central-1');
const client = mockClient(DynamoDBDocumentClient);
afterEach(() => client.reset());

const record = { pk: '_/spring', id: 'spring', url: 'https://example.org/', workspace: 'acme' };

describe('createLinkFinder', () => {
  it('finds a link for its workspace, and for no other', async () => {
    client.on(GetCommand, { TableName: 'control' }).resolves({});
    client.on(GetCommand, { TableName: 'links' }).resolves({ Item: record });
    const options = { linkTables: ['links'], controlTable: 'control', clock: manualClock() };
    const { findOwned } = createLinkFinder(options);
    expect(await findOwned('acme', 'spring')).toMatchObject({ id: 'spring', code: 'spring' });
    expect(await findOwned('other', 'spring')).toBeUndefined();
    expect(await findOwned('acme', 'a b')).toBeUndefined();
  });
});
