/** Redirects a second through the local cloud, beside a bare Node HTTP server, in one run. */
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { startCloud } from '../local/start-cloud.ts';
import { apiClient, person } from '../test/support/api-client.ts';
import { inParallel } from '../test/support/in-parallel.ts';
import { median } from './support/median.ts';

const requests = 3000;
const width = 16;
const rounds = 3;

const agent = new Agent({ keepAlive: true, maxSockets: width });
const get = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, headers: person }, (incoming) => {
      incoming.resume();
      incoming.on('end', () => resolve(incoming.statusCode ?? 0));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });

const perSecond = async (url: string): Promise<number> => {
  const startedAt = performance.now();
  await inParallel(Array.from({ length: requests }), width, async () => {
    const status = await get(url);
    if (status !== 302) throw new Error(`${url} answered ${status}`);
  });
  return (requests * 1000) / (performance.now() - startedAt);
};

const bare = createServer((_, response) => {
  response.writeHead(302, { location: 'https://example.com/' }).end();
});
bare.listen(0, '127.0.0.1');
await once(bare, 'listening');
const address = bare.address();
if (address === null || typeof address === 'string') throw new Error('no port');
const cloud = await startCloud({ memory: true });
const { json } = await apiClient(cloud).shorten({ url: 'https://example.com/' });

const results: { bare: number; cloud: number }[] = [];
for (let round = 0; round <= rounds; round++) {
  const pair = {
    bare: await perSecond(`http://127.0.0.1:${address.port}/`),
    cloud: await perSecond(`${cloud.url}/${json.code}`),
  };
  if (round > 0) results.push(pair);
}
await cloud.stop();
bare.close();
agent.destroy();

console.log('| server | redirects a second (median of 3) | of the bare server |\n|---|---|---|');
console.log(
  `| bare Node HTTP server | ${median(results.map((pair) => pair.bare)).toFixed(0)} | 1 |`,
);
const ratio = median(results.map((pair) => pair.cloud / pair.bare));
console.log(
  `| local cloud: CloudFront, HTTP API, Lambda, SQS | ${median(results.map((pair) => pair.cloud)).toFixed(0)} | ${ratio.toFixed(3)} |`,
);
