import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/engine.ts';
import { type Aws, createAws, textsOf } from './aws.ts';
import { baseEnv, buildFolder, root, runCommand } from './command.ts';
import { pause, within } from './report.ts';

const version = '1.5.33';

export interface Emulator {
  readonly aws: Aws;
  readonly account: string;
  /** For commands that are to reach it and nothing else. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

const venv = `${buildFolder}/venv`;
export const logPath = `${buildFolder}/ministack.log`;

export const installMinistack = async (): Promise<string> => {
  mkdirSync(buildFolder, { recursive: true });
  await runCommand('python3', ['-m', 'venv', venv], { seconds: 30 });
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await runCommand(`${venv}/bin/pip`, ['install', ...quiet, `ministack==${version}`], {
    seconds: 60,
  });
  return version;
};

const groupRuns = (pid: number): boolean => {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Ends the emulator and the functions it started: its own process group, nothing else. */
const endGroup = async (child: ChildProcess): Promise<void> => {
  const { pid } = child;
  if (pid === undefined) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!groupRuns(pid)) return;
    process.kill(-pid, signal);
    for (let tries = 0; tries < 50 && groupRuns(pid); tries++) await pause(100);
  }
  if (groupRuns(pid)) throw new Error(`the emulator, process group ${pid}, could not be ended`);
};

const accountThatAnswers = async (aws: Aws): Promise<string | undefined> => {
  try {
    const xml = await aws.query('sts', '2011-06-15', 'GetCallerIdentity');
    return textsOf(xml, 'Account')[0];
  } catch {
    return undefined;
  }
};

export const startMinistack = async (region: string): Promise<Emulator> => {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'hopgate-emulator-'));
  // It runs CommonJS from here: a package.json further up could say that this is a module.
  writeFileSync(join(folder, 'package.json'), '{"type":"commonjs"}');
  // Made up for this run: whoever answers with it is the process that was started here.
  const account = String(randomInt(100_000_000_000, 999_999_999_999));
  const env = {
    ...baseEnv,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    // Its cache would remember another account for these credentials.
    CDK_HOME: folder,
  };
  const log = openSync(logPath, 'w');
  const child = spawn(`${venv}/bin/python`, ['-m', 'ministack'], {
    cwd: root,
    env: {
      ...env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: account,
      MINISTACK_REGION: region,
      TMPDIR: folder,
    },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  const endWithParent = (): void => {
    if (child.pid !== undefined && groupRuns(child.pid)) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', endWithParent);
  const stop = async (): Promise<void> => {
    await endGroup(child);
    process.off('exit', endWithParent);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.race([
      once(child, 'spawn'),
      once(child, 'error').then(([error]) => Promise.reject(error)),
    ]);
    const aws = createAws({ endpoint, region });
    const answered = await within(20, async () => {
      if (child.exitCode !== null) throw new Error(`ministack ended with ${child.exitCode}`);
      return accountThatAnswers(aws);
    });
    if (answered !== account) {
      throw new Error(`${endpoint} answers for account ${answered}, not for ${account}`);
    }
    return { aws, account, env, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
