import { request } from 'node:http';
import { formatViewer } from '../../../functions/edge/viewer.ts';
import { person } from '../../support/api-client.ts';

export interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared, member by member
  readonly json: any;
}

export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  /** API key. */
  readonly token?: string;
  /** @default true: as CloudFront sends it */
  readonly locked?: boolean;
}

/** Calls the HTTP API as the distribution would, which the emulator does not have. */
export const createEdge = ({ apiUrl, secret }: { apiUrl: string; secret: string }) => {
  const { host, port } = new URL(apiUrl);
  let requests = 0;
  return (path: string, { method = 'GET', body, token, locked = true }: Call = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const viewer = formatViewer({
        host: 'go.example.com',
        path: path.split('?')[0] ?? path,
        requestId: `emulator-${process.pid}-${++requests}`,
        ip: '203.0.113.7',
        seenAt: Date.now(),
      });
      const outgoing = request(
        {
          host: '127.0.0.1',
          port,
          method,
          path,
          headers: {
            ...person,
            // The emulator finds the API by its name, which need not resolve here.
            host,
            'x-hop-viewer': viewer,
            ...(locked && { 'x-hop-origin': secret }),
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(payload !== undefined && {
              'content-type': 'application/json',
              'content-length': String(Buffer.byteLength(payload)),
            }),
          },
          signal: AbortSignal.timeout(15_000),
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({
              status: incoming.statusCode ?? 0,
              location: incoming.headers.location,
              text,
              json: /^[{[]/.test(text) ? JSON.parse(text) : undefined,
            });
          });
        },
      );
      outgoing.on('error', (error) => reject(new Error(`${method} ${path}: ${error.message}`)));
      outgoing.end(payload);
    });
};

export type Edge = ReturnType<typeof createEdge>;
