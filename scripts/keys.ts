import { parseArgs } from 'node:util';
import { createApiKey } from '../functions/identity/create-api-key.ts';
import { dynamoKeyStore } from '../functions/identity/dynamo-key-store.ts';
import { type Scope, scopes } from '../functions/identity/principal.ts';
import { systemClock } from '../functions/kernel/clock.ts';
import { createDocumentClient } from '../functions/platform/dynamo.ts';
import { readOutput } from './outputs.ts';

const usage = `Makes and revokes API keys of a deployed stage (AWS credentials from the environment).

  npm run keys -- create --workspace acme [--name ci] [--scopes links:read,stats:read] [--days 90]
  npm run keys -- revoke --id 0123456789abcdef

  --stage   dev, staging or prod                            (dev)
  --table   the control table     (else from the outputs of npm run deploy)
  --scopes  of ${scopes.join(', ')}   (all)
  --days    until the key expires                           (never)`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    stage: { type: 'string', default: 'dev' },
    table: { type: 'string' },
    workspace: { type: 'string' },
    name: { type: 'string', default: 'cli' },
    scopes: { type: 'string', default: scopes.join(',') },
    days: { type: 'string' },
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

const readDays = (): number | undefined => {
  if (values.days === undefined) return undefined;
  const days = Number(values.days);
  if (!(days > 0)) throw new Error(`--days must be a number above zero, not "${values.days}"`);
  return days;
};

const create = async (): Promise<void> => {
  const { workspace, stage, name } = values;
  if (workspace === undefined || !/^[a-z0-9][a-z0-9-]{0,38}$/.test(workspace)) {
    throw new Error('--workspace must be 1 to 39 lower-case letters, digits and dashes');
  }
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

const revoke = async (): Promise<void> => {
  if (values.id === undefined) throw new Error('--id is missing');
  if (!(await openStore().revoke(values.id, systemClock.now()))) {
    throw new Error(`there is no key ${values.id} in this stage`);
  }
  console.log(`${values.id} is revoked; a process that has just seen it refuses it within 30 s.`);
};

const [command] = positionals;
try {
  if (values.help) console.log(usage);
  else if (command === 'create') await create();
  else if (command === 'revoke') await revoke();
  else throw new Error(`what to do?\n\n${usage}`);
} catch (error) {
  console.error(`keys: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
