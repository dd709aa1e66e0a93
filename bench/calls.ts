/** AWS calls and billed units of each operation, as the local cloud counts them. `node bench/calls.ts` */
import { startCloud } from '../local/start-cloud.ts';
import { apiClient } from '../test/support/api-client.ts';

const cloud = await startCloud({ memory: true });
const client = apiClient(cloud);

/** What `repeat` runs of `work` cost one function, a run, in requests that reached AWS. */
const measure = async (
  name: string,
  functionId: string,
  repeat: number,
  work: () => Promise<unknown>,
) => {
  await cloud.idle();
  cloud.calls.reset();
  for (let run = 0; run < repeat; run++) await work();
  await cloud.idle();
  const { dynamodb, sqs, rru, wru } = cloud.calls.of(functionId);
  const [a, b, c, d] = [dynamodb, sqs, rru, wru].map((total) => (total / repeat).toFixed(2));
  console.log(`| ${name} | ${a} | ${b} | ${c} | ${d} |`);
};

let next = 0;
const shorten = () => client.shorten({ url: `https://example.com/${next++}` });
const warmLink = (await shorten()).json.code;
const codes: string[] = [];
for (let n = 0; n < 50; n++) codes.push((await shorten()).json.code);
await client.follow(warmLink);

console.log('| operation | DynamoDB calls | SQS calls | RRU | WRU |\n|---|---|---|---|---|');
await measure('shorten', 'LinksApi', 50, shorten);
await measure('read a link', 'LinksApi', 50, () => client.call(`/v1/links/${warmLink}`));
await measure('redirect, cold link', 'Redirect', 50, () => client.follow(codes.pop() ?? ''));
await measure('redirect, warm link', 'Redirect', 1, () => client.follow(warmLink));
await measure('project a new link', 'LinkProjector', 50, shorten);
await cloud.stop();
