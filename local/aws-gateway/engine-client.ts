import { Agent, type IncomingMessage, request } from 'node:http';
import type { Answer } from './answer.ts';

type Json = Record<string, unknown>;

export const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
};

/** Passes signed requests on to the DynamoDB engine, over connections that stay. */
export const createEngineClient = (endpoint: string) => {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(endpoint);
  const send = (headers: IncomingMessage['headers'], body: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const forwarded = {
        'content-type': headers['content-type'],
        'content-length': body.byteLength,
        'x-amz-target': headers['x-amz-target'],
        'x-amz-date': headers['x-amz-date'],
        authorization: headers.authorization,
      };
      const outgoing = request({ hostname, port, agent, method: 'POST', headers: forwarded });
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        readAll(incoming).then(
          (answer) => resolve({ status: incoming.statusCode ?? 500, body: answer }),
          reject,
        );
      });
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
};

/** Makes the engine say what a call consumed, and hides it again from who did not ask. */
export const askForCapacity = (body: Buffer, input: Json): Buffer => {
  const { ReturnConsumedCapacity: asked } = input;
  if (asked === 'TOTAL' || asked === 'INDEXES') return body;
  if (asked !== undefined || Object.keys(input).length === 0) {
    return Buffer.from(JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' }));
  }
  const start = body.indexOf('{') + 1;
  return Buffer.concat([Buffer.from('{"ReturnConsumedCapacity":"TOTAL",'), body.subarray(start)]);
};

export const hideCapacity = (input: Json, json: Json, answer: Answer): Answer => {
  const { ReturnConsumedCapacity: asked = 'NONE' } = input;
  if (asked !== 'NONE' || json.ConsumedCapacity === undefined) return answer;
  const { ConsumedCapacity, ...rest } = json;
  return { ...answer, body: JSON.stringify(rest) };
};
