import { afterAll, beforeAll } from 'vitest';
import { dynamoKeyStore } from '../../../functions/identity/dynamo-key-store.ts';
import { type Engine, startEngine } from '../../support/engine.ts';
import { keyStoreContract } from './key-store.contract.ts';

let engine: Engine;
let tables = 0;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(async () => engine.stop());

keyStoreContract('dynamoKeyStore', async () => {
  const name = `control-${tables++}`;
  await engine.createTable({ name, sortKey: true });
  return dynamoKeyStore(engine.documentClient(), name);
});
