import { afterAll, beforeAll } from 'vitest';
import { dynamoCountStore } from '../../../../functions/analytics/counts/dynamo-count-store.ts';
import { dynamoLedgerStore } from '../../../../functions/analytics/counts/dynamo-ledger-store.ts';
import { type Engine, startEngine } from '../../../support/engine.ts';
import { countStoreContract } from './count-store.contract.ts';
import { ledgerStoreContract } from './ledger-store.contract.ts';

let engine: Engine;
let tables = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => engine.stop());

const createTable = async (): Promise<string> => {
  const name = `counts-${tables++}`;
  await engine.createTable({ name, sortKey: true });
  return name;
};

countStoreContract('dynamoCountStore', async () =>
  dynamoCountStore(engine.documentClient(), await createTable()),
);

ledgerStoreContract('dynamoLedgerStore', async () =>
  dynamoLedgerStore(engine.documentClient(), await createTable()),
);
