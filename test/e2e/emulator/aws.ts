import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { deadline } from './report.ts';

export interface Aws {
  readonly endpoint: string;
  readonly dynamo: DynamoDBClient;
  readonly sqs: SQSClient;
  /** A service that answers paths with JSON: Lambda, API Gateway. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared, member by member
  get(service: string, path: string): Promise<any>;
  /** A service whose action is a header. */
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared, member by member
  json(service: string, target: string, input?: unknown): Promise<any>;
  /** A service whose action is a parameter, and which answers with XML. */
  query(
    service: string,
    version: string,
    action: string,
    input?: Readonly<Record<string, string>>,
  ): Promise<string>;
}

/** The texts of every element of this name. */
export const textsOf = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(
    ([, text]) => text ?? '',
  );

/** AWS calls with what is installed: two SDK clients, and plain HTTP for all other services. */
export const createAws = (at: { endpoint: string; region: string }): Aws => {
  const { endpoint, region } = at;
  const settings = {
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
  };
  const call = async (service: string, path: string, init: RequestInit = {}): Promise<string> => {
    // The emulator reads service and region here and checks no signature.
    const credential = `test/20260101/${region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
    const response = await fetch(`${endpoint}${path}`, {
      ...init,
      headers: { authorization, ...init.headers },
      signal: AbortSignal.any([deadline, AbortSignal.timeout(10_000)]),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} ${path}: ${response.status} ${text}`);
    return text;
  };
  return {
    endpoint,
    dynamo: new DynamoDBClient(settings),
    sqs: new SQSClient({ ...settings, useQueueUrlAsEndpoint: false }),
    get: async (service, path) => JSON.parse(await call(service, path)),
    json: async (service, target, input = {}) =>
      JSON.parse(
        await call(service, '/', {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
          body: JSON.stringify(input),
        }),
      ),
    query: (service, version, action, input = {}) =>
      call(service, '/', {
        method: 'POST',
        body: new URLSearchParams({ Action: action, Version: version, ...input }),
      }),
  };
};
