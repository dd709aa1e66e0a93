import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, awsError, statusOfFault } from './aws-gateway/answer.ts';
import type { CallLog } from './aws-gateway/calls.ts';
import {
  askForCapacity,
  createEngineClient,
  hideCapacity,
  readAll,
} from './aws-gateway/engine-client.ts';
import type { Faults } from './aws-gateway/faults.ts';
import { billedUnits, dynamodbNeeds, isRead, type Need, sqsNeeds } from './aws-gateway/requests.ts';
import { type Authorize, denialMessage } from './iam.ts';
import type { Caller } from './lambda.ts';
import { type Sqs, SqsError } from './sqs.ts';

type Json = Record<string, unknown>;

export interface GatewayServices {
  readonly engineEndpoint: string;
  readonly sqs: Pick<Sqs, 'handle'>;
  readonly caller: (accessKeyId: string) => Caller | undefined;
  readonly authorize: Authorize;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Construct ids by physical name, of tables and queues. */
  readonly constructs: ReadonlyMap<string, string>;
  /** A write to a table has taken effect. */
  readonly onWrite: (tableName: string) => void;
  readonly log: (functionId: string, line: string) => void;
}

export interface Gateway {
  readonly endpoint: string;
  /** From here on calls are answered. */
  serve(services: GatewayServices): void;
  stop(): Promise<void>;
}

interface Call {
  readonly caller: Caller;
  readonly service: 'dynamodb' | 'sqs';
  readonly action: string;
  readonly input: Json;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

const services = { DynamoDB_20120810: 'dynamodb', AmazonSQS: 'sqs' } as const;
const emptyBody = Buffer.from('{}');

/** What the functions' AWS clients talk to: IAM, faults, metering, then the service itself. */
export const openGateway = async (): Promise<Gateway> => {
  let handle = async (_: IncomingMessage): Promise<Answer | undefined> =>
    awsError('any', 'ServiceUnavailable', 'The local cloud is still starting', 503);
  let closeEngine = (): void => undefined;

  const respond = (incoming: IncomingMessage, response: ServerResponse): void => {
    handle(incoming)
      .catch((error: unknown) => {
        console.error('AWS gateway:', error);
        return awsError('any', 'InternalFailure', String(error), 500);
      })
      .then((answer) => {
        // Whoever called is gone.
        if (answer === undefined) return response.destroy();
        response.writeHead(answer.status, {
          'content-type': incoming.headers['content-type'] ?? 'application/x-amz-json-1.0',
          'content-length': Buffer.byteLength(answer.body),
        });
        return response.end(answer.body);
      });
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, respond);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The gateway has no port');

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    serve: (deps) => {
      const engine = createEngineClient(deps.engineEndpoint);
      handle = createHandler(deps, engine.send);
      closeEngine = engine.close;
    },
    stop: async () => {
      closeEngine();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};

const createHandler = (
  { authorize, caller: callerOf, calls, constructs, faults, log, onWrite, sqs }: GatewayServices,
  sendToEngine: (headers: IncomingMessage['headers'], body: Buffer) => Promise<Answer>,
) => {
  const callDynamodb = async (call: Call, needs: Need[]): Promise<Answer> => {
    const answer = await sendToEngine(call.headers, askForCapacity(call.body, call.input));
    const json = JSON.parse(answer.body.toString()) as Json;
    const units = billedUnits(call.action, json, call.input);
    calls.called(call.caller, { action: `dynamodb:${call.action}`, ...units });
    if (answer.status === 200 && !isRead(call.action)) {
      for (const table of new Set(needs.map(({ target }) => target))) onWrite(table);
    }
    return hideCapacity(call.input, json, answer);
  };

  const callSqs = async ({ action, caller, input }: Call): Promise<Answer> => {
    calls.called(caller, { action: `sqs:${action}` });
    try {
      return { status: 200, body: JSON.stringify(await sqs.handle(action, input)) };
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      return awsError('sqs', error.name, error.message, error.status);
    }
  };

  const refuse = (call: Call, needs: Need[]): Answer | undefined => {
    const { function: functionId, spec } = call.caller;
    for (const { action, resource } of needs) {
      const verdict = authorize(spec.roleArn, action, resource);
      if (verdict === 'allowed') continue;
      const { name: functionName, roleArn } = spec;
      const denial = { functionName, roleArn, action, resource, verdict };
      const message = denialMessage(denial);
      calls.denied(call.caller);
      log(functionId, `AccessDeniedException: ${message}`);
      return awsError('any', 'AccessDeniedException', message);
    }
    return undefined;
  };

  const run = async (call: Call, needs: Need[]): Promise<Answer | undefined> => {
    const { action, caller, service } = call;
    const strike = faults.strike({
      function: caller.function,
      action: `${service}:${action}`,
      target: constructs.get(needs[0]?.target ?? ''),
    });
    if (strike.delayMs > 0) await sleep(strike.delayMs);
    if (strike.death === 'before') {
      await caller.kill();
      return undefined;
    }
    if (strike.error !== undefined) {
      calls.called(caller, { action: `${service}:${action}` });
      return awsError(service, strike.error, 'Planted fault', statusOfFault(strike.error));
    }
    const answer = await (service === 'sqs' ? callSqs(call) : callDynamodb(call, needs));
    if (strike.death === undefined) return answer;
    await caller.kill();
    return undefined;
  };

  return async (incoming: IncomingMessage): Promise<Answer | undefined> => {
    const body = await readAll(incoming);
    const { headers } = incoming;
    const [, accessKeyId = ''] = /Credential=([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const caller = callerOf(accessKeyId);
    if (caller === undefined) {
      return awsError('any', 'UnrecognizedClientException', 'No function has this access key');
    }
    const [api = '', action = ''] = String(headers['x-amz-target']).split('.');
    const service = services[api as keyof typeof services];
    const unsupported = awsError(
      'any',
      'UnknownOperationException',
      `The local cloud has no ${headers['x-amz-target'] ?? 'service for this request'}`,
    );
    if (service === undefined) return unsupported;
    let input: Json;
    try {
      input = JSON.parse((body.byteLength === 0 ? emptyBody : body).toString());
    } catch {
      return awsError('any', 'SerializationException', 'The body is no JSON');
    }
    const region = caller.spec.arn.split(':')[3] ?? '';
    const needs = (service === 'sqs' ? sqsNeeds : dynamodbNeeds)(action, input, region);
    if (needs === undefined) return unsupported;
    const call: Call = { caller, service, action, input, body, headers };
    return refuse(call, needs) ?? run(call, needs);
  };
};
