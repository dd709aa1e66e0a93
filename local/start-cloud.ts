import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../functions/kernel/clock.ts';
import { createCallLog } from './aws-gateway/calls.ts';
import { createFaults } from './aws-gateway/faults.ts';
import { openGateway } from './aws-gateway.ts';
import type { Cloud, CloudOptions } from './cloud/cloud.ts';
import { noDataFolder, openDataFolder } from './cloud/data-folder.ts';
import { createKeyring } from './cloud/development-key.ts';
import { createEdge } from './cloud/edge.ts';
import { createControl, openFrontServer } from './cloud/front-server.ts';
import { readPlan } from './cloud/plan.ts';
import { startEngine } from './dynamodb/engine.ts';
import { createEngineClient, createTables } from './dynamodb.ts';
import { startEventSources } from './event-sources.ts';
import { createHttpApi } from './http-api.ts';
import { startLambda } from './lambda.ts';
import { openSecrets } from './secrets.ts';
import { openSqs } from './sqs.ts';
import { openStreams } from './streams.ts';
import { synthesize } from './template/synthesize.ts';
import { loadAssembly } from './template.ts';

export type { Cloud, CloudOptions } from './cloud/cloud.ts';

/** For event sources whose invocation is under way when the cloud stops. */
const patienceMs = 5_000;

/**
 * Runs the synthesized template: each service in this process but the DynamoDB engine beside it.
 * @throws Error that says what to do where a port, a folder or an engine is not to be had
 */
export const startCloud = async (options: CloudOptions = {}): Promise<Cloud> => {
  const closers: (() => unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    return await assemble(options, closers, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
};

const assemble = async (
  options: CloudOptions,
  closers: (() => unknown)[],
  stop: () => Promise<void>,
): Promise<Cloud> => {
  const { context, dataDir = '.hopgate', memory = false, port = 0, verbose = false } = options;
  const clock = systemClock;
  const folder = memory ? noDataFolder : openDataFolder(dataDir);
  closers.push(folder.release);
  const log = (source: string, line: string): void =>
    verbose ? console.error(`${source}: ${line}`) : folder.log(`${source}: ${line}`);

  const front = await openFrontServer(port, (error) => log('edge', String(error)));
  const { url } = front;
  closers.push(front.close);

  const gateway = await openGateway();
  closers.push(gateway.stop);
  const assembly = loadAssembly({
    directory: options.assemblyDir ?? (await synthesize(context)),
    gatewayEndpoint: gateway.endpoint,
    secretValue: openSecrets(folder.file('secrets.json')),
  });
  const { apiSpec, authorize, functions, mappings, queues, tables } = readPlan(assembly);

  const engine = await startEngine(folder.path);
  closers.push(engine.stop);
  engine.onLoss(options.onLoss ?? console.error);
  const client = createEngineClient(engine.endpoint);
  closers.push(() => client.destroy());
  await createTables(client, tables);

  const sqs = openSqs({ path: folder.file('queues.db') ?? ':memory:', queues, clock });
  closers.push(sqs.close);
  const streams = openStreams({
    endpoint: engine.endpoint,
    statePath: folder.file('streams.db') ?? ':memory:',
    tables: tables.flatMap(({ arn, name, streamArn }) =>
      streamArn === undefined ? [] : [{ tableArn: arn, tableName: name, streamArn }],
    ),
  });
  closers.push(streams.close);

  const calls = createCallLog();
  const faults = createFaults(options.faults);
  const lambda = startLambda({ functions, endpoint: gateway.endpoint, calls, log });
  closers.push(lambda.stop);
  const constructs = new Map([...tables, ...queues].map(({ id, name }) => [name, id]));
  const queueIds = new Map(queues.map(({ arn, id }) => [arn, id]));
  gateway.serve({
    engineEndpoint: engine.endpoint,
    sqs,
    caller: lambda.caller,
    authorize,
    faults,
    calls,
    constructs,
    onWrite: streams.nudge,
    log,
  });
  const sources = startEventSources({
    specs: mappings,
    sqs,
    streams,
    invoke: lambda.invoke,
    duplicate: (queueArn) => faults.duplicates(queueIds.get(queueArn) ?? ''),
    onFault: (logicalId, error) => log(logicalId, String(error)),
    ...(options.retrySeconds !== undefined && { retrySeconds: options.retrySeconds }),
    clock,
  });
  closers.push(() => Promise.race([sources.stop(), sleep(patienceMs, undefined, { ref: false })]));
  const sourcesOf = (functionId: string | undefined): (string | undefined)[] => {
    if (functionId === undefined) return [undefined];
    const { name = '' } = functions.find(({ id }) => id === functionId) ?? {};
    return mappings
      .filter(({ functionTarget }) => functionTarget.split(':').includes(name))
      .map(({ logicalId }) => logicalId);
  };

  const api = createHttpApi(apiSpec, { invoke: lambda.invoke, clock });
  const edge = createEdge(assembly, { api, clock, log: (line) => log('edge', line) });
  const keyring = createKeyring({
    client,
    controlTable: assembly.output('ControlTable'),
    stage: functions[0]?.environment.STAGE ?? '',
    clock,
  });
  const known = folder.readAccess()?.key;
  const isKept = known !== undefined && (await keyring.isValid(known));
  const key = isKept ? known : await keyring.create('main');
  folder.writeAccess({ url, key });

  const cloud: Cloud = {
    url,
    key,
    awsEndpoint: gateway.endpoint,
    calls,
    faults,
    routes: () => api.routes.map((route) => route.key),
    callOrigin: ({ method, originSecret, path }) =>
      api.handle({
        method,
        path,
        query: '',
        headers: originSecret === undefined ? {} : { 'x-hop-origin': [originSecret] },
        body: Buffer.alloc(0),
        sourceIp: '127.0.0.1',
      }),
    createKey: keyring.create,
    limitKeys: keyring.limit,
    pause: (id) => {
      for (const source of sourcesOf(id)) sources.pause(source);
    },
    resume: (id) => {
      for (const source of sourcesOf(id)) sources.resume(source);
    },
    idle: async () => {
      await lambda.idle();
      await sources.idle();
    },
    stop,
  };
  const control = createControl(cloud);
  front.serve((incoming, response) =>
    incoming.url?.startsWith('/_local/')
      ? control(incoming, response)
      : edge.handle(incoming, response),
  );
  // Before everything else ends; the place above is for a start that fails.
  closers.push(front.close);
  return cloud;
};
