import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const run = (context: Record<string, unknown>) => {
  const outdir = mkdtempSync(join(tmpdir(), 'hopgate-bin-'));
  const { status, stderr } = spawnSync(process.execPath, ['bin/hopgate.ts'], {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      CDK_VALIDATION: 'false',
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  const files = readdirSync(outdir);
  rmSync(outdir, { recursive: true });
  return { status, stderr, files };
};

describe('bin/hopgate.ts', () => {
  it('synthesizes what the context says, without an account', { timeout: 60_000 }, () => {
    const { files, status, stderr } = run({ stage: 'staging', emulator: 'true' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const templates = files.filter((file) => file.endsWith('.template.json'));
    expect(templates.sort()).toEqual([
      'Hopgate-staging-Service.template.json',
      'Hopgate-staging-State.template.json',
    ]);
  });

  it('stops at a stage that does not exist', () => {
    const { status, stderr } = run({ stage: 'test' });
    expect(status).not.toBe(0);
    expect(stderr).toContain('No stage "test"');
  });

  it('is the only reader of the environment at synth', () => {
    const readers = globSync('{bin,lib}/**/*.ts').filter((file) =>
      readFileSync(file, 'utf8').includes('process.env'),
    );
    expect(readers).toEqual(['bin/hopgate.ts']);
  });
});
