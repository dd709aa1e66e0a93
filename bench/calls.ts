/** AWS calls and billed units of each operation, as the local cloud counts them. `node bench/calls.ts` */
import { type Cloud, startCloud } from '../local/start-cloud.ts';
import { apiClient } from '../test/support/api-client.ts';

/** What `repeat` runs of `work` cost one function, a run, in requests that reached AWS. */
const measure = async (
  cloud: Cloud,
  operation: string,
  { functionId, repeat = 50 }: { readonly functionId: string; readonly repeat?: number },
  work: () => Promise<unknown>,
): Promise<void> => {
  await cloud.idle();
  cloud.calls.reset();
  for (let run = 0; run < repeat; run++) await work();
  await cloud.idle();
  const { dynamodb, sqs, rru, wru } = cloud.calls.of(functionId);
  const figures = [dynamodb, sqs, rru, wru].map((total) => (total / repeat).toFixed(2));
  console.log(`| ${operation} | ${figures.join(' | ')} |`);
};

console.log('| operation | DynamoDB calls | SQS calls | RRU | WRU |\n|---|---|---|---|---|');

const cloud = await startCloud({ memory: true });
const client = apiClient(cloud);
let next = 0;
const shorten = async (): Promise<string> =>
  (await client.shorten({ url: `https://example.com/${next++}` })).json.code;
const codes: string[] = [];
for (let n = 0; n < 51; n++) codes.push(await shorten());
const warm = codes.pop() ?? '';
await client.follow(warm);
const linksApi = { functionId: 'LinksApi' };
await measure(cloud, 'shorten', linksApi, shorten);
await measure(cloud, 'read a link', linksApi, () => client.call(`/v1/links/${warm}`));
const redirect = { functionId: 'Redirect' };
await measure(cloud, 'redirect, cold link', redirect, () => client.follow(codes.pop() ?? ''));
await client.follow(warm);
await measure(cloud, 'redirect, warm link', { ...redirect, repeat: 20 }, () => client.follow(warm));
await measure(cloud, 'list the new link', { functionId: 'LinkProjector' }, shorten);
await cloud.stop();

// The limiter's part alone: no such link, so nothing else is asked but the key, once in 30 s.
const prod = await startCloud({ memory: true, context: { stage: 'prod' } });
const limited = apiClient(prod);
const request = () => limited.call('/v1/unknown');
await request();
await measure(prod, 'API request, allowed (limiter and key)', linksApi, request);
while ((await request()).status !== 429) {
  // Until the burst of 100 is spent.
}
await measure(prod, 'API request, denied', linksApi, request);
await prod.stop();
