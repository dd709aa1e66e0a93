import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface TableOptions {
  readonly name: string;
  readonly sortKey?: boolean;
  readonly stream?: 'KEYS_ONLY' | 'NEW_AND_OLD_IMAGES';
}

/** A DynamoDB of its own, in memory, for one test file. */
export interface Engine {
  readonly endpoint: string;
  createTable(options: TableOptions): Promise<void>;
  client(): DynamoDBClient;
  documentClient(): DynamoDBDocumentClient;
  stop(): Promise<void>;
}

const binary =
  process.env.DYNOXIDE_BIN ??
  fileURLToPath(
    new URL(
      `../../node_modules/@dynoxide/${process.platform}-${process.arch}/dynoxide`,
      import.meta.url,
    ),
  );

export const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  server.close();
  await once(server, 'close');
  return address.port;
};

const answers = async (client: DynamoDBClient, child: ChildProcess): Promise<void> => {
  for (let attempt = 0; attempt < 500; attempt++) {
    if (child.exitCode !== null) throw new Error(`DynamoDB engine ended with ${child.exitCode}`);
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (!(error instanceof Error) || !/ECONNREFUSED/.test(String(error.cause ?? error)))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  throw new Error('DynamoDB engine did not answer within 5 s');
};

export const startEngine = async (): Promise<Engine> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(binary, ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  await answers(client, child);
  return {
    endpoint,
    client: () => client,
    documentClient: () =>
      DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    createTable: async ({ name, sortKey = false, stream }) => {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            ...(sortKey ? [{ AttributeName: 'sk', AttributeType: 'S' } as const] : []),
          ],
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            ...(sortKey ? [{ AttributeName: 'sk', KeyType: 'RANGE' } as const] : []),
          ],
          ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream } }),
        }),
      );
    },
    stop: async () => {
      client.destroy();
      process.off('exit', endWithParent);
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
};
