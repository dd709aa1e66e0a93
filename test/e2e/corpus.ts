/**
 * Real input through the whole chain: `npm run e2e:corpus`. Shortens every line of the corpus,
 * follows every link, sends 20,000 clicks while messages are delivered twice and functions killed,
 * and compares what the API then says with what was sent. Any difference ends with exit code 1.
 */
import { readFileSync } from 'node:fs';
import crawlers from 'crawler-user-agents';
import UserAgent from 'user-agents';
import { classifyAgent } from '../../functions/events/classify-agent.ts';
import { readAgent } from '../../functions/events/read-agent.ts';
import { startCloud } from '../../local/start-cloud.ts';
import { apiClient, person } from '../support/api-client.ts';
import { inParallel } from '../support/in-parallel.ts';
import { seededRandom } from '../support/random.ts';

const clickCount = Number(process.env.CORPUS_CLICKS ?? 20_000);
const width = 16;
const random = seededRandom(20_260_101);
const lines = readFileSync(new URL('../fixtures/urls.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

const failures: string[] = [];
const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  failures.push(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
};

const startedAt = performance.now();
const elapsed = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
const report = (text: string): void => console.log(`${elapsed().padStart(8)}  ${text}`);

const cloud = await startCloud({ memory: true, retrySeconds: 0 });
const client = apiClient(cloud);
report(`local cloud ready on ${cloud.url}`);

interface Link {
  readonly id: string;
  readonly code: string;
  readonly url: string;
}

const links: Link[] = [];
const refusals = new Map<string, number>();
await inParallel(lines, width, async (url) => {
  const { status, json } = await client.shorten({ url });
  if (status === 201) links.push({ id: json.id, code: json.code, url });
  else if (status === 422 && json.errors?.[0]?.field === 'url') {
    const { code, detail } = json.errors[0];
    refusals.set(code, (refusals.get(code) ?? 0) + 1);
    report(`refused ${url}: ${detail}`);
  } else failures.push(`POST ${url}: ${status} ${JSON.stringify(json)}`);
});
report(
  `shortened ${lines.length} lines: ${links.length} links, ${lines.length - links.length} refused`,
);
expectEqual('links', links.length, 5290);
expectEqual('refusals', Object.fromEntries([...refusals].sort()), {
  'malformed-url': 1,
  'metadata-address': 1,
  'private-address': 1,
  'single-label-host': 4,
});

type Dimension = 'class' | 'country' | 'refHost' | 'browser' | 'os' | 'device';
const dimensions: readonly Dimension[] = ['class', 'country', 'refHost', 'browser', 'os', 'device'];
const sent = new Map<string, Record<Dimension, string>[]>(links.map(({ id }) => [id, []]));
const humanAgents = Array.from({ length: 500 }, () => new UserAgent(() => true).toString());
const crawlerAgents = crawlers.flatMap(({ instances }) => instances);
const countries = ['DE', 'FR', 'US', 'IN', 'BR', 'JP', undefined];
const referrers = [
  'https://www.google.com/search?q=hopgate',
  'https://news.ycombinator.com/',
  'https://t.co/abc',
  'https://example.org/page?x=1',
  undefined,
];

const click = async (
  link: Link,
  visit: { agent: string; country?: string | undefined; referrer?: string | undefined },
): Promise<void> => {
  const answer = await client.follow(link.code, {
    'user-agent': visit.agent,
    ...(visit.country && { 'x-local-viewer-country': visit.country }),
    ...(visit.referrer && { referer: visit.referrer }),
  });
  expectEqual(
    `Location of ${link.code}`,
    [answer.status, answer.headers.get('location')],
    [302, new URL(link.url).href],
  );
  if (answer.status !== 302) return;
  const agent = readAgent(visit.agent);
  sent.get(link.id)?.push({
    class: classifyAgent({ method: 'GET', agent, purposes: [] }),
    country: visit.country ?? 'unknown',
    refHost: visit.referrer ? new URL(visit.referrer).hostname.replace(/^www\./, '') : 'unknown',
    browser: agent.browser ?? 'unknown',
    os: agent.os ?? 'unknown',
    device: agent.device ?? 'unknown',
  });
};

await inParallel(links, width, (link) => click(link, { agent: person['user-agent'] }));
report(`followed ${links.length} links; each Location is the WHATWG form of its line`);

cloud.faults.add({ kind: 'duplicate-delivery', probability: 0.1, seed: 7 });
const visits = Array.from({ length: clickCount }, () => ({
  // A few popular links and a long tail, as real traffic has.
  link: links[Math.floor(links.length * random.next() ** 3)] as Link,
  agent:
    random.next() < 0.2
      ? (crawlerAgents[random.below(crawlerAgents.length)] ?? '')
      : (humanAgents[random.below(humanAgents.length)] ?? ''),
  country: random.pick(countries),
  referrer: random.pick(referrers),
}));
const kills = new Map<number, 'ClickConsumer' | 'Compactor'>();
for (let n = 1; n <= 3; n++) {
  kills.set(Math.floor((clickCount * n) / 4), 'ClickConsumer');
  kills.set(Math.floor((clickCount * n) / 4 + clickCount / 8), 'Compactor');
}
await inParallel(visits, width, async ({ link, ...visit }, index) => {
  const victim = kills.get(index);
  if (victim) cloud.faults.add({ kind: 'worker-death', function: victim, when: 'after', count: 1 });
  await click(link, visit);
});
report(`sent ${clickCount} clicks, 10 % of the messages delivered twice`);
await cloud.idle();
const { duplicated, killed } = cloud.faults.counts();
report(`idle; delivered twice: ${duplicated}; killed: ${JSON.stringify(killed)}`);
expectEqual('kills', killed, { ClickConsumer: 3, Compactor: 3 });
if (duplicated < clickCount * 0.08)
  failures.push(`only ${duplicated} messages were delivered twice`);

const tally = (values: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([left], [right]) => (left < right ? -1 : 1));
};
const counted = { total: 0, expected: 0 };
await inParallel(links, width, async ({ id }) => {
  const { status, json } = await client.stats(id);
  const clicks = sent.get(id) ?? [];
  counted.expected += clicks.length;
  if (status !== 200) {
    failures.push(`stats of ${id}: ${status}`);
    return;
  }
  counted.total += json.totals.clicks;
  expectEqual(`total of ${id}`, json.totals.clicks, clicks.length);
  for (const dimension of dimensions) {
    const answered: [string, number][] = json.groups[dimension].map(
      ({ value, clicks: count }: { value: string; clicks: number }) => [value, count],
    );
    const expected = tally(clicks.map((one) => one[dimension]));
    expectEqual(
      `${dimension} of ${id}`,
      answered.sort(([a], [b]) => (a < b ? -1 : 1)),
      expected,
    );
  }
});
report(`compared ${links.length} links in the total and ${dimensions.length} dimensions`);
report(`clicks sent ${counted.expected}, counted ${counted.total}`);
expectEqual('all clicks', counted.total, counted.expected);

await cloud.stop();
for (const failure of failures.slice(0, 20)) console.error(failure);
console.log(`corpus: ${failures.length} differences in ${elapsed()}`);
process.exitCode = failures.length === 0 ? 0 : 1;
