import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { type AppConfig, configFor, type StageName } from '../../lib/config.ts';
import { addStacks } from '../../lib/hopgate.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template has no types
  readonly Properties: Record<string, any>;
  readonly DeletionPolicy?: string;
  readonly UpdatePolicy?: Record<string, unknown>;
}

export interface Synthesized {
  readonly state: Template;
  readonly service: Template;
  readonly edge: Template | undefined;
  readonly directory: string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const made = new Map<string, Synthesized>();

/**
 * The templates of a stage, without its bundles: each made once a test file. CloudFormation's own
 * rules, half of a synth's time, are looked at only with `rules`; nag always is.
 * @throws Error with the findings where there are any
 */
export const synthesize = (
  stage: StageName,
  changes: Partial<AppConfig> = {},
  { rules = false } = {},
): Synthesized => {
  const key = JSON.stringify([stage, changes, rules]);
  const known = made.get(key);
  if (known !== undefined) return known;
  process.env.CDK_VALIDATION = String(rules);
  const directory = mkdtempSync(join(tmpdir(), 'hopgate-synth-'));
  folders.push(directory);
  const app = new App({
    outdir: directory,
    analyticsReporting: false,
    context: { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] },
  });
  const stacks = addStacks(app, { ...configFor(stage), ...changes }, undefined);
  const assembly = app.synth();
  const template = (name: string) => Template.fromJSON(assembly.getStackByName(name).template);
  const result = {
    directory,
    state: template(stacks.state.stackName),
    service: template(stacks.service.stackName),
    edge: stacks.edge && template(stacks.edge.stackName),
  };
  made.set(key, result);
  return result;
};

/** The resources of a type, by logical id. */
export const resourcesOf = (template: Template, type: string): Record<string, Resource> =>
  template.findResources(type) as Record<string, Resource>;

/** A logical id without the hash of its path: `LinksRedirectLive`. */
export const withoutHash = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, '');
