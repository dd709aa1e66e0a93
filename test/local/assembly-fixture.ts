import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Assembly, loadAssembly } from '../../local/template.ts';

export interface StackFixture {
  readonly region?: string;
  readonly Resources: Record<string, unknown>;
  readonly Outputs?: Record<string, { Value: unknown }>;
  readonly [section: string]: unknown;
}

const directories: string[] = [];
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** Writes a cloud assembly as the CDK does, with a construct path `<stack>/<logical id>` each. */
export const writeAssembly = (stacks: Readonly<Record<string, StackFixture>>): string => {
  const directory = mkdtempSync(join(tmpdir(), 'hopgate-assembly-'));
  directories.push(directory);
  const artifacts: Record<string, unknown> = {};
  for (const [stackName, { region = 'eu-central-1', ...template }] of Object.entries(stacks)) {
    const templateFile = `${stackName}.template.json`;
    const additionalMetadataFile = `${stackName}.metadata.json`;
    const metadata = Object.fromEntries(
      Object.keys(template.Resources).map((logicalId) => [
        `/${stackName}/${logicalId}/Resource`,
        [{ type: 'aws:cdk:logicalId', data: logicalId }],
      ]),
    );
    writeFileSync(join(directory, templateFile), JSON.stringify(template));
    writeFileSync(join(directory, additionalMetadataFile), JSON.stringify(metadata));
    artifacts[stackName] = {
      type: 'aws:cloudformation:stack',
      environment: `aws://unknown-account/${region}`,
      properties: { templateFile, stackName },
      additionalMetadataFile,
    };
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts }));
  return directory;
};

export const gatewayEndpoint = 'http://127.0.0.1:4566';

export const assemblyOf = (stacks: Readonly<Record<string, StackFixture>>): Assembly =>
  loadAssembly({
    directory: writeAssembly(stacks),
    gatewayEndpoint,
    secretValue: ({ logicalId }) => `value-of-${logicalId}`,
  });

/** Puts the code of a function where the synthesis would put its asset. */
export const writeAsset = (directory: string, hash: string, code: string): string => {
  const asset = join(directory, `asset.${hash}`);
  mkdirSync(asset, { recursive: true });
  writeFileSync(join(asset, 'index.mjs'), code);
  return asset;
};
