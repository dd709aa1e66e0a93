import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Declaration } from './resource-types.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** One template of the assembly, as the CDK wrote it. */
export interface Stack {
  readonly name: string;
  readonly region: string;
  readonly resources: ReadonlyMap<string, Declaration>;
  readonly outputs: Readonly<Record<string, { readonly Value: unknown }>>;
  readonly paths: ReadonlyMap<string, readonly string[]>;
}

type Json = Record<string, unknown>;

const readJson = (...path: string[]): Json => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Sections that decide nothing here: the bootstrap version's parameter and rule. */
const knownSections = ['Description', 'Outputs', 'Parameters', 'Resources', 'Rules'];
const knownResourceKeys = [
  'DeletionPolicy',
  'DependsOn',
  'Metadata',
  'Properties',
  'Type',
  'UpdatePolicy',
  'UpdateReplacePolicy',
];

const readStack = (directory: string, artifactId: string, artifact: Json): Stack => {
  const { templateFile, stackName } = artifact.properties as Json;
  const template = readJson(directory, String(templateFile));
  const name = String(stackName ?? artifactId);
  const region = String(artifact.environment).split('/').at(-1) ?? '';
  for (const section of Object.keys(template)) {
    if (!knownSections.includes(section)) {
      throw new UnsupportedError({ type: 'stack', logicalId: name }, `section ${section}`);
    }
  }
  const resources = new Map<string, Declaration>();
  for (const [logicalId, declared] of Object.entries(template.Resources as Record<string, Json>)) {
    const type = String(declared.Type);
    for (const key of Object.keys(declared)) {
      if (!knownResourceKeys.includes(key)) throw new UnsupportedError({ type, logicalId }, key);
    }
    const properties = (declared.Properties ?? {}) as Json;
    resources.set(logicalId, { stack: name, region, logicalId, type, properties });
  }
  return {
    name,
    region,
    resources,
    outputs: (template.Outputs ?? {}) as Stack['outputs'],
    paths: readPaths(directory, artifact),
  };
};

/** The CDK notes beside a template which construct made which resource. */
const readPaths = (directory: string, artifact: Json): Map<string, readonly string[]> => {
  const file = artifact.additionalMetadataFile;
  const notes = typeof file === 'string' ? readJson(directory, file) : (artifact.metadata ?? {});
  const paths = new Map<string, readonly string[]>();
  for (const [path, entries] of Object.entries(notes as Record<string, Json[]>)) {
    const found = entries.find(({ type }) => type === 'aws:cdk:logicalId');
    const ids = path.split('/').slice(2);
    if (found) paths.set(String(found.data), ids.at(-1) === 'Resource' ? ids.slice(0, -1) : ids);
  }
  return paths;
};

/** @throws UnsupportedError for sections and resource attributes that are unknown here */
export const readStacks = (directory: string): Stack[] => {
  const { artifacts } = readJson(directory, 'manifest.json') as { artifacts: Record<string, Json> };
  return Object.entries(artifacts)
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, artifact]) => readStack(directory, id, artifact));
};
