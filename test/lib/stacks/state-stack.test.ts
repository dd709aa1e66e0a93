import { describe, expect, it } from 'vitest';
import { stageNames } from '../../../lib/config.ts';
import { type Resource, resourcesOf, synthesize, withoutHash } from '../synthesized.ts';

const tableType = 'AWS::DynamoDB::GlobalTable';
const secretType = 'AWS::SecretsManager::Secret';

const prod = synthesize('prod').state;
const tables = Object.entries(resourcesOf(prod, tableType));
const named = (name: string): Resource => {
  const found = tables.find(([id]) => withoutHash(id) === name)?.[1];
  if (found === undefined) throw new Error(`no table ${name}`);
  return found;
};

/** CloudFormation replaces what changes its logical id: with these, all data would be gone. */
const lockedIds = [
  'CodeKey6D723D80',
  'Control42E771B2',
  'Counts7F28E4F7',
  'LimitsA6AFC87B',
  'LinkIndexD2ECE507',
  'Links02A4D8415',
  'Links1FB60589B',
  'Links2662C20EC',
  'Links3B9338881',
  'OriginLockk13E4BB8AB',
  'Segments06F6163E',
];

describe('StateStack', () => {
  it.each(stageNames)('keeps the logical ids of what holds data in %s', (stage) => {
    const { state } = synthesize(stage);
    const ids = [tableType, secretType].flatMap((type) => Object.keys(resourcesOf(state, type)));
    expect(ids.sort()).toEqual(lockedIds);
  });

  it.each(tables)('makes %s restorable, on demand and without a name of its own', (_, table) => {
    expect(table.Properties).not.toHaveProperty('TableName');
    expect(table.Properties.BillingMode).toBe('PAY_PER_REQUEST');
    for (const replica of table.Properties.Replicas) {
      expect(replica.PointInTimeRecoverySpecification).toEqual({
        PointInTimeRecoveryEnabled: true,
      });
    }
  });

  it.each([
    ['Links0', ['pk'], 'NEW_AND_OLD_IMAGES', true],
    ['Links3', ['pk'], 'NEW_AND_OLD_IMAGES', true],
    ['LinkIndex', ['pk', 'sk'], undefined, true],
    ['Control', ['pk', 'sk'], undefined, true],
    ['Limits', ['pk'], undefined, true],
    ['Segments', ['pk', 'sk'], 'KEYS_ONLY', true],
    ['Counts', ['pk', 'sk'], undefined, true],
  ] as const)('gives %s the keys %j, stream %s, expiry %s', (name, keys, stream, expiring) => {
    const { Properties } = named(name);
    const keyNames = Properties.KeySchema.map(
      (key: { AttributeName: string }) => key.AttributeName,
    );
    expect(keyNames).toEqual(keys);
    expect(Properties.StreamSpecification?.StreamViewType).toBe(stream);
    const ttl = expiring ? { AttributeName: 'ttl', Enabled: true } : undefined;
    expect(Properties.TimeToLiveSpecification).toEqual(ttl);
  });

  it('protects and retains tables and the code key in prod', () => {
    for (const [, table] of tables) {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.Properties.Replicas[0].DeletionProtectionEnabled).toBe(true);
    }
    const secrets = Object.entries(resourcesOf(prod, secretType));
    const policies = secrets.map(([id, { DeletionPolicy }]) => [withoutHash(id), DeletionPolicy]);
    expect(Object.fromEntries(policies)).toEqual({ CodeKey: 'Retain', OriginLockk1: 'Delete' });
  });

  it('lets dev be torn down', () => {
    const dev = synthesize('dev').state;
    for (const table of Object.values(resourcesOf(dev, tableType))) {
      expect(table.DeletionPolicy).toBe('Delete');
      expect(table.Properties.Replicas[0].DeletionProtectionEnabled).toBe(false);
    }
  });

  it('makes as many data tables as the config names', () => {
    const { state } = synthesize('dev', { shards: 1 });
    const names = Object.keys(resourcesOf(state, tableType)).map(withoutHash);
    expect(names.filter((name) => name.startsWith('Links'))).toEqual(['Links0']);
  });

  it('generates the origin lock and replicates it to the edge', () => {
    prod.hasResourceProperties(secretType, {
      Name: 'hopgate/prod/origin-lock/k1',
      ReplicaRegions: [{ Region: 'us-east-1' }],
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    });
    const { state } = synthesize('dev', { region: 'us-east-1' });
    for (const secret of Object.values(resourcesOf(state, secretType))) {
      expect(secret.Properties).not.toHaveProperty('ReplicaRegions');
    }
  });

  it('keeps both generations while the origin lock rotates', () => {
    const originLock = { current: 'k2', previous: 'k1' };
    const { edge, service, state } = synthesize('dev', { originLock });
    const names = Object.values(resourcesOf(state, secretType)).map((s) => s.Properties.Name);
    expect(names).toContain('hopgate/dev/origin-lock/k1');
    expect(names).toContain('hopgate/dev/origin-lock/k2');
    const reference = (key: string) =>
      `{{resolve:secretsmanager:hopgate/dev/origin-lock/${key}:SecretString:::}}`;
    service.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ORIGIN_SECRETS: `${reference('k2')},${reference('k1')}` } },
    });
    expect(JSON.stringify(edge?.toJSON())).toContain(reference('k2'));
    expect(JSON.stringify(edge?.toJSON())).not.toContain(reference('k1'));
  });

  it('names its tables in its outputs', () => {
    const outputs = Object.keys(prod.findOutputs('*'));
    expect(outputs).toEqual(
      expect.arrayContaining([
        'LinkTables',
        'LinkIndexTable',
        'ControlTable',
        'LimitsTable',
        'SegmentsTable',
        'CountsTable',
      ]),
    );
  });
});
