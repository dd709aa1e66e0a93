import { parseArgs } from 'node:util';
import { createApiKey } from '../functions/identity/create-api-key.ts';
import { dynamoKeyStore } from '../functions/identity/dynamo-key-store.ts';
import { type Scope, scopes } from '../functions/identity/principal.ts';
import { systemClock } from '../functions/kernel/clock.ts';
import { createDocumentClient } from '../functions/platform/dynamo.ts';
import { describeLimits, readKeyLimits } from './key-limits.ts';
import { readOutput } from './outputs.ts';

const usage = `Makes, limits and revokes API keys of a deployed stage (AWS credentials from the environment).

  npm run keys -- create --workspace acme [--name ci] [--scopes links:read,stats:read] [--days 90]
  npm run keys -- revoke --id 0123456789abcdef
  npm run keys -- limit --id 0123456789abcdef --per-hour 20000 --burst 500
  npm run keys -- limit --workspace acme --per-hour 5000 --checks-per-second 3000
  npm run keys -- limit --id 0123456789abcdef --none
  npm run keys -- show --id 0123456789abcdef

  --stage   dev, staging or prod                            (dev)
  --table   the control table     (else from the outputs of npm run deploy)
  --scopes  of ${scopes.join(', ')}   (all)
  --days    until the key expires                           (never)

  limit: what is not given is as lib/config.ts has it for the stage; each call replaces the one
  before. A key's limits go before its workspace's, which each of its keys has. Without a deploy,
  in force within 30 s.
  --per-hour, --burst                    requests of a key
  --checks-per-second, --checks-burst    checks of a key at /v1/limits
  --none                                 takes them away`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    stage: { type: 'string', default: 'dev' },
    table: { type: 'string' },
    workspace: { type: 'string' },
    name: { type: 'string', default: 'cli' },
    scopes: { type: 'string', default: scopes.join(',') },
    days: { type: 'string' },
    'per-hour': { type: 'string' },
    burst: { type: 'string' },
    'checks-per-second': { type: 'string' },
    'checks-burst': { type: 'string' },
    none: { type: 'boolean', default: false },
    id: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const openStore = () =>
  dynamoKeyStore(
    createDocumentClient(),
    values.table ?? readOutput(values.stage, 'State', 'ControlTable'),
  );

const readScopes = (): Scope[] =>
  values.scopes.split(',').map((name) => {
    const scope = scopes.find((known) => known === name);
    if (scope === undefined)
      throw new Error(`--scopes: there is no "${name}"; known: ${scopes.join(', ')}`);
    return scope;
  });

const noKey = (id: string): string => `there is no key ${id} in this stage`;

const readDays = (): number | undefined => {
  if (values.days === undefined) return undefined;
  const days = Number(values.days);
  if (!(days > 0)) throw new Error(`--days must be a number above zero, not "${values.days}"`);
  return days;
};

const readWorkspace = (): string => {
  const { workspace } = values;
  if (workspace !== undefined && /^[a-z0-9][a-z0-9-]{0,38}$/.test(workspace)) return workspace;
  throw new Error('--workspace must be 1 to 39 lower-case letters, digits and dashes');
};

const create = async (): Promise<void> => {
  const { stage, name } = values;
  const workspace = readWorkspace();
  const days = readDays();
  const { id, token } = await createApiKey(
    { store: openStore(), clock: systemClock },
    {
      stage,
      workspace,
      name,
      scopes: readScopes(),
      ...(days !== undefined && { expiresAt: systemClock.now() + days * 86_400_000 }),
    },
  );
  console.log(`id   ${id}\nkey  ${token}\n\nThe key is shown this once; only its hash is stored.`);
};

const readId = (): string => {
  if (values.id === undefined) throw new Error('--id is missing');
  return values.id;
};

const revoke = async (): Promise<void> => {
  const id = readId();
  if (!(await openStore().revoke(id, systemClock.now()))) throw new Error(noKey(id));
  console.log(`${id} is revoked; a process that has just seen it refuses it within 30 s.`);
};

const limit = async (): Promise<void> => {
  const { id, workspace, stage, none } = values;
  if ((id === undefined) === (workspace === undefined)) {
    throw new Error('whose limits? Give --id for a key, or --workspace for all of its keys');
  }
  // Only here, as it takes the CDK with it.
  const { configFor } = await import('../lib/config.ts');
  const limits = none ? undefined : readKeyLimits(values, configFor(stage).limits);
  if (id === undefined) await openStore().setWorkspaceLimits(readWorkspace(), limits);
  else if (!(await openStore().setKeyLimits(id, limits))) throw new Error(noKey(id));
  const whose = id ?? `each key of ${workspace}`;
  console.log(`${whose} has ${describeLimits(limits)}, everywhere within 30 s.`);
};

const show = async (): Promise<void> => {
  const id = readId();
  const store = openStore();
  const key = await store.get(id);
  if (key === undefined) throw new Error(noKey(id));
  const { secretHash: _, limits, ...shown } = key;
  const workspaceLimits = await store.getWorkspaceLimits(key.workspace);
  console.log(JSON.stringify({ ...shown, limits, workspaceLimits }, null, 2));
};

const [command] = positionals;
try {
  if (values.help) console.log(usage);
  else if (command === 'create') await create();
  else if (command === 'revoke') await revoke();
  else if (command === 'limit') await limit();
  else if (command === 'show') await show();
  else throw new Error(`what to do?\n\n${usage}`);
} catch (error) {
  console.error(`keys: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
