/** `npm run dev`: the whole template on this machine, until Ctrl-C. */
import { parseArgs } from 'node:util';
import { startCloud } from './start-cloud.ts';

const usage = `Runs the synthesized template on this machine.

  npm run dev -- [--port 8080] [--data .hopgate | --memory] [--verbose]

  --port     where it listens, on 127.0.0.1            (8080)
  --data     the folder that keeps tables, queues, keys (.hopgate)
  --memory   keep nothing
  --verbose  show what the functions write, instead of keeping it in functions.log
  --help`;

const readOptions = () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      data: { type: 'string' },
      memory: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { data, help, memory, verbose } = values;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port must be a number up to 65535, not "${values.port}"`);
  }
  if (memory && data !== undefined)
    throw new Error('--memory keeps nothing, so --data is of no use');
  return { help, port, memory, verbose, ...(data !== undefined && { dataDir: data }) };
};

/** npm passes on the Ctrl-C that the terminal has sent already: only a later one is a second one. */
const echoMs = 500;

const fail = (error: unknown): never => {
  console.error(`hopgate: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
};

const greeting = (url: string, key: string): string => `hopgate ready on ${url}
key      ${key}
shorten  curl -s ${url}/v1/links -H 'authorization: Bearer ${key}' -H 'content-type: application/json' -d '{"url":"https://example.com/","code":"hello"}'
follow   curl -si ${url}/hello
count    curl -s ${url}/v1/links/hello/stats -H 'authorization: Bearer ${key}'`;

const run = async (): Promise<void> => {
  const { help, ...options } = readOptions();
  if (help) {
    console.log(usage);
    return;
  }
  let interruptedAt: number | undefined;
  let end = (): void => process.exit(0);
  const interrupt = (): void => {
    if (interruptedAt === undefined) {
      interruptedAt = performance.now();
      end();
    } else if (performance.now() - interruptedAt > echoMs) process.exit(1);
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  if (process.stderr.isTTY) {
    console.error('Starting; after a change of the code the CDK app is synthesized first.');
  }
  const cloud = await startCloud({ ...options, onLoss: fail });
  end = () => void cloud.stop().then(() => process.exit(0), fail);
  console.log(greeting(cloud.url, cloud.key));
};

run().catch(fail);
