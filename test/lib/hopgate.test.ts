import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type StageName, stageNames } from '../../lib/config.ts';
import { synthesize } from './synthesized.ts';

const slow = 60_000;

const checked = (stage: StageName) => synthesize(stage, {}, { rules: true });

describe('addStacks', () => {
  it.each(stageNames)('makes a %s without a single finding', { timeout: slow }, (stage) => {
    const report = join(checked(stage).directory, 'validation-report.json');
    const { pluginReports } = JSON.parse(readFileSync(report, 'utf8'));
    const findings = pluginReports.flatMap((r: { violations?: unknown[] }) => r.violations ?? []);
    expect(findings).toEqual([]);
  });

  it.each(stageNames)('stays far below the limits of a stack in %s', { timeout: slow }, (stage) => {
    const { edge, service, state } = checked(stage);
    for (const template of [state, service, edge]) {
      const body = template?.toJSON() ?? {};
      expect(Object.keys(body.Resources ?? {}).length).toBeLessThan(250);
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(1_000_000);
    }
  });

  it('refers in one direction: state, service, edge', () => {
    const { edge, service, state } = checked('dev');
    const read = (template: unknown) => [
      ...new Set(
        [...JSON.stringify(template).matchAll(/"StackName":"Hopgate-dev-(\w+)"/g)].map((m) => m[1]),
      ),
    ];
    expect(read(state.toJSON())).toEqual([]);
    expect(read(service.toJSON())).toEqual(['State']);
    expect(read(edge?.toJSON())).toEqual(['Service']);
  });

  it('protects the stacks of prod from being deleted', () => {
    const manifest = (stage: 'dev' | 'prod') => {
      const file = join(checked(stage).directory, 'manifest.json');
      const { artifacts } = JSON.parse(readFileSync(file, 'utf8'));
      return Object.entries(artifacts as Record<string, Artifact>)
        .filter(([, { type }]) => type === 'aws:cloudformation:stack')
        .map(([name, { properties }]) => [name, properties?.terminationProtection === true]);
    };
    interface Artifact {
      readonly type: string;
      readonly properties?: { readonly terminationProtection?: boolean };
    }
    const names = (stage: string, on: boolean) =>
      ['State', 'Service', 'Edge'].map((name) => [`Hopgate-${stage}-${name}`, on]);
    expect(manifest('prod').sort()).toEqual(names('prod', true).sort());
    expect(manifest('dev').sort()).toEqual(names('dev', false).sort());
  });
});
