import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { CallLog } from '../aws-gateway/calls.ts';

export type Respond = (incoming: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The one port of the cloud that people know. */
export interface FrontServer {
  readonly url: string;
  /** From here on requests are answered. */
  serve(respond: Respond): void;
  /** Ends once the requests under way are answered, or after five seconds without. */
  close(): Promise<void>;
}

const host = '127.0.0.1';
const drainMs = 5_000;
/** CloudFront's own limits are stricter and answered by it. */
const maxHeaderSize = 65_536;

const listen = async (server: Server, port: number): Promise<string> => {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'EADDRINUSE') throw cause;
    const message = `Port ${port} is taken by another program: choose another one with --port.`;
    throw new Error(message, { cause });
  }
  const address = server.address();
  return `http://${host}:${typeof address === 'object' ? address?.port : port}`;
};

/** @throws Error where the port is taken */
export const openFrontServer = async (
  port: number,
  onFault: (error: unknown) => void,
): Promise<FrontServer> => {
  let respond: Respond = async (_, response) => {
    response.writeHead(503).end();
  };
  const server = createServer({ maxHeaderSize }, (incoming, response) => {
    respond(incoming, response).catch((error: unknown) => {
      onFault(error);
      response.destroy();
    });
  });
  return {
    url: await listen(server, port),
    serve: (next) => {
      respond = next;
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(timer);
    },
  };
};

/** `/_local/…`: what a test or a curious person asks the cloud itself. */
export const createControl =
  (cloud: { readonly calls: CallLog; idle(): Promise<void> }): Respond =>
  async (incoming, response) => {
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(`${JSON.stringify(body, null, 2)}\n`);
    };
    switch (`${incoming.method} ${incoming.url}`) {
      case 'GET /_local/calls':
        return answer(200, cloud.calls.byRoute());
      case 'DELETE /_local/calls':
        cloud.calls.reset();
        return answer(200, {});
      case 'GET /_local/idle':
        await cloud.idle();
        return answer(200, {});
      default:
        return answer(404, { message: 'GET or DELETE /_local/calls, GET /_local/idle' });
    }
  };
