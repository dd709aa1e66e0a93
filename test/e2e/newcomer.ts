/**
 * Follows the README as a newcomer would, in a fresh clone: `npm run e2e:newcomer`. Runs its own
 * commands, on a free port instead of 8080, until one link is shortened, followed and counted. Then
 * packs the library, and loads it in an empty project by the machine's own Node.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort } from '../support/engine.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hopgate-newcomer-'));
const clone = join(folder, 'hopgate');
const port = await freePort();
const secondsSince = (start: number): number => Math.round((performance.now() - start) / 100) / 10;

/** A newcomer's shell: the machine's own Node, not the one that runs this script. */
const shellEnv = {
  ...process.env,
  PATH: (process.env.PATH ?? '')
    .split(':')
    .filter((part) => !part.includes('node_modules'))
    .join(':'),
};
const shell = (command: string): string =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', command], {
    cwd: clone,
    env: shellEnv,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** The commands of the README's code blocks, in order. */
const blocks = (readme: string): string[] =>
  [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');

execFileSync('git', ['clone', '--quiet', root, clone]);
const [twoCommands = '', firstLink = ''] = blocks(readFileSync(join(clone, 'README.md'), 'utf8'));
const [install, dev] = twoCommands.split('\n')[0]?.split('#')[0]?.trim().split(' && ') ?? [];
if (install !== 'npm ci' || dev !== 'npm run dev') {
  throw new Error(
    `README: the first command should be "npm ci && npm run dev", found "${twoCommands}"`,
  );
}

const installedFrom = performance.now();
shell(install);
console.log(`npm ci: ${secondsSince(installedFrom)} s`);

const startedAt = performance.now();
const cloud = spawn('bash', ['-c', `exec ${dev} -- --port ${port}`], {
  cwd: clone,
  env: shellEnv,
  stdio: ['ignore', 'pipe', 'inherit'],
  detached: true,
});
const stop = async (): Promise<void> => {
  if (cloud.exitCode !== null || cloud.pid === undefined) return;
  process.kill(-cloud.pid, 'SIGTERM');
  await once(cloud, 'exit');
};

try {
  let ready = false;
  for await (const line of createInterface({ input: cloud.stdout })) {
    ready = line === `hopgate ready on http://127.0.0.1:${port}`;
    if (ready) break;
  }
  if (!ready) throw new Error('npm run dev ended before it was ready');
  cloud.stdout.resume();
  console.log(`ready: ${secondsSince(startedAt)} s`);

  const commands = firstLink.replaceAll('8080', String(port));
  const output = shell(commands);
  if (!/HTTP\/1\.1 302/.test(output) || !/^location: https:\/\/example\.com\/\r?$/im.test(output)) {
    throw new Error(`the README's commands did not follow the link:\n${output}`);
  }
  const stats = commands.slice(commands.lastIndexOf('curl'));
  const key = commands.slice(0, commands.indexOf('\n'));
  let clicks = 0;
  while (clicks !== 1) {
    if (secondsSince(startedAt) > 120)
      throw new Error('the click was not counted within two minutes');
    clicks = JSON.parse(shell(`${key}\n${stats}`)).totals.clicks;
  }
  console.log(`shortened, followed and counted: ${secondsSince(startedAt)} s after npm ci`);

  shell(`mkdir ../project && echo '{}' >../project/package.json`);
  shell('npm pack --silent --pack-destination ../project && cd ../project && npm install *.tgz');
  const load = `import('hopgate/limiter').then((it) => console.log(process.version, Object.keys(it)))`;
  const loaded = shell(`cd ../project && node -e "${load}"`);
  if (!loaded.includes("'createLimiter'")) throw new Error(`the library did not load: ${loaded}`);
  console.log(`library loaded by Node ${loaded.split(' ')[0]}`);
} finally {
  await stop();
  rmSync(folder, { recursive: true, force: true });
}
