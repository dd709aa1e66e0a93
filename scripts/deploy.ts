import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { outputsPath } from './outputs.ts';

const usage = `Deploys every stack of a stage into the AWS account of your credentials.

  npm run deploy -- --stage dev [--require-approval never|broadening|any-change]

Both regions must be bootstrapped once: npx cdk bootstrap aws://ACCOUNT/REGION aws://ACCOUNT/us-east-1`;

const stages = ['dev', 'staging', 'prod'];
const { values } = parseArgs({
  options: {
    stage: { type: 'string', default: 'dev' },
    'require-approval': { type: 'string', default: 'broadening' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(usage);
} else if (!stages.includes(values.stage)) {
  console.error(`deploy: there is no stage "${values.stage}"; known: ${stages.join(', ')}`);
  process.exitCode = 1;
} else {
  mkdirSync('.hopgate', { recursive: true });
  const args = ['deploy', '--all', '-c', `stage=${values.stage}`];
  const { status } = spawnSync(
    'cdk',
    [
      ...args,
      '--require-approval',
      values['require-approval'],
      '--outputs-file',
      outputsPath(values.stage),
    ],
    { stdio: 'inherit' },
  );
  process.exitCode = status ?? 1;
  if (status === 0) {
    console.log(`First key: npm run keys -- create --stage ${values.stage} --workspace main`);
  }
}
