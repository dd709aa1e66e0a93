/** Runs every benchmark and keeps what they print in bench/README.md; `--quick` only prints. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });

const benches = [
  [
    'AWS calls and billed units',
    'calls.ts',
    'Counted by the local cloud at the AWS endpoint: exact, and the same on every run.',
  ],
  [
    'Handler time of a redirect',
    'redirect.ts',
    'In process, AWS answered by the embedded engine or at once; times hold as ratios.',
  ],
  ['Bundles', 'bundles.ts', 'Minified, the SDK included; each import in a process of its own.'],
  ['Clicks', 'clicks.ts', 'Billed units as the embedded engine reports them.'],
  [
    'Limiter',
    'limiter.ts',
    "Beside rate-limiter-flexible and a naive read-then-write, on the same engines in one run; three limits (burst, hour, global) and request ids against one limit and none. Contenders take turns, three rounds each after a warm-up, each with the client that its guide asks for; speeds and ratios are the median round's. The rows of a leased policy spend units that their process took in batches.",
  ],
  [
    'Throughput of the local cloud',
    'throughput.ts',
    'Says nothing of AWS: the local cloud beside a bare Node HTTP server, in one run.',
  ],
] as const;

/** Those that take minutes have fewer rows then. */
const quickArguments = (file: string): string[] =>
  values.quick && ['clicks.ts', 'limiter.ts'].includes(file) ? ['--quick'] : [];

const sections = benches.map(([title, file, note]) => {
  const { stdout, status } = spawnSync(
    process.execPath,
    [`bench/${file}`, ...quickArguments(file)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 1_800_000,
    },
  );
  const text = `## ${title}\n${note}\n\n${stdout.trim()}\n`;
  console.log(text);
  if (status !== 0) {
    console.error(`bench/${file} ended with ${status}`);
    process.exitCode = 1;
  }
  return text;
});

if (!values.quick && process.exitCode === undefined) {
  const machine = `${cpus().length} cores, Node ${process.versions.node}, ${process.platform}-${process.arch}`;
  writeFileSync(
    'bench/README.md',
    `# Figures\nPrinted by \`npm run bench\` (${machine}). Calls and units are exact; times are of a small shared machine, so read the ratios.\n\n${sections.join('\n')}`,
  );
}
