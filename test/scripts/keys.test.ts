import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../functions/identity/authenticate.ts';
import { dynamoKeyStore } from '../../functions/identity/dynamo-key-store.ts';
import { systemClock } from '../../functions/kernel/clock.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
  await engine.createTable({ name: 'control', sortKey: true });
});
afterAll(async () => engine.stop());

const keys = async (...args: string[]) => {
  const run = promisify(execFile)(process.execPath, ['scripts/keys.ts', ...args], {
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL: engine.endpoint,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
  });
  return run.then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
};

const identify = (token: string) => {
  const store = dynamoKeyStore(engine.documentClient(), 'control');
  const authenticate = createAuthenticator({ store, stage: 'dev', clock: systemClock });
  return authenticate({ authorization: `Bearer ${token}` }, '192.0.2.1');
};

describe('npm run keys', () => {
  it('makes a key that is valid until it is revoked', async () => {
    const made = await keys('create', '--table', 'control', '--workspace', 'acme');
    const [, id = '', token = ''] = /^id +(\w+)\nkey +(\w+)$/m.exec(made.stdout) ?? [];
    expect(await identify(token)).toMatchObject({
      kind: 'authenticated',
      principal: { workspace: 'acme', keyId: id },
    });
    expect((await keys('revoke', '--table', 'control', '--id', id)).code).toBe(0);
    expect((await identify(token)).kind).toBe('anonymous');
  });

  it('gives a key and a workspace limits of their own, and takes them away', async () => {
    const made = await keys('create', '--table', 'control', '--workspace', 'vip');
    const [, id = '', token = ''] = /^id +(\w+)\nkey +(\w+)$/m.exec(made.stdout) ?? [];
    const limit = (...args: string[]) =>
      keys('limit', '--table', 'control', '--stage', 'prod', ...args);
    const ofKey = await limit('--id', id, '--per-hour', '20000', '--burst', '500');
    expect(ofKey.stdout).toContain(`${id} has 20000 requests an hour, 500 at once`);
    await limit('--workspace', 'vip', '--checks-per-second', '3000');
    expect(await identify(token)).toMatchObject({
      principal: {
        limits: {
          requests: { limitPerHour: 20_000, burst: 500 },
          checks: { limitPerSecond: 3000 },
        },
      },
    });
    const shown = await keys('show', '--table', 'control', '--id', id);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      workspace: 'vip',
      limits: { requests: { burst: 500 } },
      workspaceLimits: { checks: { limitPerSecond: 3000 } },
    });
    expect(shown.stdout).not.toContain('secretHash');
    expect((await limit('--id', id, '--none')).stdout).toContain('no limits of its own');
    await limit('--workspace', 'vip', '--none');
    const identity = await identify(token);
    expect(identity.kind === 'authenticated' && 'limits' in identity.principal).toBe(false);
  }, 60_000);

  it.each([
    [['limit', '--per-hour', '5'], 'whose limits'],
    [['limit', '--workspace', 'a', '--id', 'b', '--per-hour', '5'], 'whose limits'],
    [['limit', '--workspace', 'a'], 'which limit'],
    [['limit', '--workspace', 'a', '--per-hour', 'lots'], '--per-hour must be a whole number'],
    [['limit', '--workspace', 'a', '--per-hour', '0'], '--per-hour must be a whole number'],
    [['limit', '--workspace', 'a', '--per-hour', '9', '--burst', '10'], '--burst exceeds'],
    [['limit', '--table', 'control', '--id', 'nobody', '--none'], 'nobody'],
    [['create', '--table', 'control'], '--workspace'],
    [['create', '--table', 'control', '--workspace', 'a', '--scopes', 'all'], '--scopes'],
    [['create', '--table', 'control', '--workspace', 'a', '--days', '-1'], '--days'],
    [['revoke', '--table', 'control', '--id', 'nobody'], 'nobody'],
    [['create', '--workspace', 'a', '--stage', 'nowhere'], 'npm run deploy'],
    [[], 'what to do'],
  ])('says what is wrong with %j', async (args, text) => {
    const { code, stderr } = await keys(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(text);
  });
});
