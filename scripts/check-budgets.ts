import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { bundleHandler } from '../lib/constructs/bundle.ts';

const kib = 1024;

/** Minified, with the AWS SDK, by handler. A new handler needs a line. */
const budgets: Readonly<Record<string, number>> = {
  'redirect.handler.ts': 480 * kib,
  'links-api.handler.ts': 560 * kib,
  'limits-api.handler.ts': 600 * kib,
  'project-links.handler.ts': 380 * kib,
  'stats-api.handler.ts': 560 * kib,
  'consume-clicks.handler.ts': 400 * kib,
  'compact.handler.ts': 400 * kib,
  'health-api.handler.ts': 480 * kib,
};

let failed = false;
for (const entry of globSync('functions/**/*.handler.ts').sort()) {
  const { bytes } = bundleHandler(entry);
  const budget = budgets[basename(entry)];
  const fits = budget !== undefined && bytes <= budget;
  failed ||= !fits;
  const limit = budget === undefined ? 'no budget: add a line' : `of ${budget / kib} KiB`;
  console.log(`${fits ? 'ok  ' : 'OVER'} ${entry} ${(bytes / kib).toFixed(1)} KiB ${limit}`);
}
process.exitCode = failed ? 1 : 0;
