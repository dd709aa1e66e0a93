/**
 * The CDK app outside our own local cloud: `npm run e2e:emulator`. Deploys it with the CDK's command
 * line to MiniStack, compares each resource with the template by AWS calls, walks the main chain
 * over HTTP and destroys it. Any difference ends with exit code 1. Needs Python 3 with pip.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createApiKey } from '../../functions/identity/create-api-key.ts';
import { dynamoKeyStore } from '../../functions/identity/dynamo-key-store.ts';
import { scopes } from '../../functions/identity/principal.ts';
import { systemClock } from '../../functions/kernel/clock.ts';
import { configFor } from '../../lib/config.ts';
import {
  counted,
  follow,
  hideFor,
  inDeadLetters,
  listed,
  refuse,
  sendPoison,
  shorten,
} from './emulator/chain.ts';
import { buildFolder, root, runCommand } from './emulator/command.ts';
import { createEdge } from './emulator/edge.ts';
import { partTypes, takeInventory } from './emulator/inventory.ts';
import { type Emulator, installMinistack, logPath, startMinistack } from './emulator/ministack.ts';
import { differ, differenceCount, expectEqual, gapsFound, say, step } from './emulator/report.ts';
import { checkShapes } from './emulator/shapes.ts';
import {
  assembly,
  checkExistence,
  readDeployed,
  stackNames,
  stacksThatExist,
} from './emulator/stacks.ts';

const stage = 'dev';
const { region, originLock } = configFor(stage);
const outputsFile = `${buildFolder}/outputs.json`;
const context = ['-c', `stage=${stage}`, '-c', 'emulator=true'];

/** What this run cannot show, so that nobody takes a pass for more than it is. */
const notShown = [
  'CodeDeploy, CloudFront and metric math alarms: left out of the templates by -c emulator=true',
  'IAM: the emulator lets every call through',
  'the batching windows: it invokes at once, so counting is quicker here than on AWS',
  'retries of a stream batch, its bisection and its dead-letter queue: it takes a batch as done',
  'replicas of the origin lock in other regions: it accepts them and makes none',
];

const cdk = (emulator: Emulator, seconds: number, ...args: string[]): Promise<string> =>
  runCommand(process.execPath, [`${root}node_modules/aws-cdk/bin/cdk`, ...args], {
    env: emulator.env,
    seconds,
  });

const deploy = async (emulator: Emulator): Promise<Record<string, string>> => {
  rmSync(outputsFile, { force: true });
  const files = ['--output', assembly, '--outputs-file', outputsFile];
  const unattended = ['--require-approval', 'never', '--progress', 'events'];
  await cdk(emulator, 90, 'deploy', '--all', ...context, ...files, ...unattended);
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8'));
  return Object.assign({}, ...stackNames.map((name) => outputs[name]));
};

const originSecretOf = async ({ aws }: Emulator): Promise<string> => {
  const name = `hopgate/${stage}/origin-lock/${originLock.current}`;
  const { SecretString } = await aws.json('secretsmanager', 'secretsmanager.GetSecretValue', {
    SecretId: name,
  });
  const { Functions } = await aws.get('lambda', '/2015-03-31/functions/');
  for (const { FunctionName, Environment } of Functions) {
    const held = Environment.Variables.ORIGIN_SECRETS;
    if (held !== undefined)
      expectEqual(`${FunctionName} holds ${name}`, held === SecretString, true);
  }
  return SecretString;
};

const prove = async (emulator: Emulator): Promise<void> => {
  const { account, aws } = emulator;
  await step('cdk bootstrap', () =>
    cdk(emulator, 60, 'bootstrap', `aws://${account}/${region}`, ...context, '--output', assembly),
  );
  const outputs = await step('cdk deploy --all', () => deploy(emulator));
  const output = (name: string): string => {
    const value = outputs[name];
    if (value === undefined || value === '') throw new Error(`the outputs have no ${name}`);
    return value;
  };

  const resources = await step('CloudFormation has every resource of the templates', () =>
    readDeployed(aws),
  );
  await step('each service lists its own', async () => {
    const checked = checkExistence(resources, await takeInventory(aws), true);
    const parts = resources.length - checked;
    say(
      `      ${checked} of ${resources.length}; ${parts} have no list: ${[...partTypes].join(', ')}`,
    );
  });
  await step('what runs is what the templates say', async () => {
    const counts = Object.entries(await checkShapes(aws, resources));
    say(`      ${counts.map(([type, count]) => `${type} ${count}`).join(', ')}`);
  });

  const secret = await step('the functions hold the origin lock of Secrets Manager', () =>
    originSecretOf(emulator),
  );
  const documents = DynamoDBDocumentClient.from(aws.dynamo);
  const { token } = await createApiKey(
    { store: dynamoKeyStore(documents, output('ControlTable')), clock: systemClock },
    { stage, workspace: 'main', name: 'emulator', scopes },
  );
  const edge = createEdge({ apiUrl: output('ApiUrl'), secret });
  await step('no key: 401, no origin lock: 403', () => refuse(edge));
  const link = await step('POST /v1/links: 201', () => shorten(edge, token));
  await step('GET /{code}: 302, three times', () => follow(edge, link, 3));
  await step('listed, by the stream of its table', () => listed(edge, token, link));
  await step('three clicks, by queue, segments and their stream', () =>
    counted(edge, token, link, 3),
  );

  const queueUrl = output('ClickQueueUrl');
  await step('a poison message ends in the dead-letter queue', async () => {
    await hideFor(aws, queueUrl, 1);
    const poison = await sendPoison(aws, queueUrl);
    await follow(edge, link, 1);
    const tries = await inDeadLetters(aws, output('ClickDlqUrl'), poison);
    expectEqual('deliveries of the poison message', tries, 5);
  });
  await step('the click beside it is counted, once', () => counted(edge, token, link, 4));
  await step('GET /health/detailed: every dependency answers', async () => {
    const { status, text } = await edge('/health/detailed', { token });
    if (status !== 200) differ(`GET /health/detailed: ${status} ${text}`);
  });

  await step('cdk destroy --all', () =>
    cdk(emulator, 60, 'destroy', '--all', '--force', '--app', assembly),
  );
  await step('nothing is left', async () => {
    expectEqual('stacks', await stacksThatExist(aws), []);
    checkExistence(resources, await takeInventory(aws), false);
  });
};

mkdirSync(buildFolder, { recursive: true });
// An exit takes the emulator and the running command along; a signal alone would not.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
let emulator: Emulator | undefined;
try {
  await step('ministack is installed', installMinistack);
  emulator = await step('ministack answers, and it is ours', () => startMinistack(region));
  await prove(emulator);
} catch (error) {
  differ(error instanceof Error ? error.message : String(error));
} finally {
  await emulator?.stop();
}
for (const what of [...notShown, ...gapsFound()]) say(`not shown: ${what}`);
const count = differenceCount();
say(count === 0 ? 'no difference' : `${count} differences; the emulator's log: ${logPath}`);
process.exitCode = count === 0 ? 0 : 1;
