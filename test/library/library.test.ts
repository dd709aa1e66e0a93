import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Consumer, createConsumer } from './consumer.ts';

let consumer: Consumer;
beforeAll(() => {
  consumer = createConsumer();
});
afterAll(() => consumer.remove());

/** Every package that the built files of an entry point reach, and the size of a bundle of it. */
const bundleOf = async (source: string) => {
  const { metafile, outputFiles } = await build({
    stdin: { contents: source, resolveDir: consumer.directory },
    absWorkingDir: consumer.directory,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    plugins: [
      {
        name: 'packages stay outside',
        setup: ({ onResolve }) => {
          onResolve({ filter: /^[^.]/ }, ({ path }) =>
            path.startsWith('hopgate/') ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  const packages = imports.filter(({ external }) => external).map(({ path }) => path);
  return {
    packages: [...new Set(packages)].sort(),
    files: Object.keys(metafile.inputs).length,
    bytes: outputFiles[0]?.contents.byteLength ?? 0,
  };
};

const packagesOf = async (entry: string) =>
  (await bundleOf(`export * from 'hopgate/${entry}';`)).packages;

describe('the built library', () => {
  it('has a module and declarations for each entry point', () => {
    const paths = Object.values(packageJson.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : [entry.types, entry.default],
    );
    const missing = paths.filter(
      (path) => !existsSync(join(consumer.directory, 'node_modules/hopgate', path)),
    );
    expect(missing).toEqual([]);
    expect(paths).toHaveLength(13);
  });

  it('reaches no AWS package from hopgate/limiter', async () => {
    const { packages, files } = await bundleOf("export * from 'hopgate/limiter';");
    expect(packages).toEqual(['node:crypto', 'node:net', 'node:util', 'quick-lru']);
    expect(files).toBeGreaterThan(20);
  });

  it.each([
    ['limiter/dynamodb', ['@aws-sdk/client-dynamodb']],
    ['limiter/redis', []],
    ['limiter/middy', []],
    ['limiter/lambda', ['@aws-sdk/client-dynamodb']],
    [
      'cdk',
      ['aws-cdk-lib', 'aws-cdk-lib/aws-cloudwatch', 'aws-cdk-lib/aws-dynamodb', 'constructs'],
    ],
  ])('reaches from hopgate/%s only what it is for', async (entry, expected) => {
    const packages = await packagesOf(entry);
    expect(packages.filter((path) => !/^(?:node:|quick-lru$|@redis\/client$)/.test(path))).toEqual(
      expected,
    );
  });

  it('leaves out what a bundle does not use', async () => {
    const { bytes: all } = await bundleOf("export * from 'hopgate/limiter';");
    const { bytes: headers } = await bundleOf(
      "export { rateLimitHeaders } from 'hopgate/limiter';",
    );
    expect(headers).toBeLessThan(2500);
    expect(all).toBeGreaterThan(10 * headers);
  });

  it('limits in memory under plain Node, where no AWS package can be found', async () => {
    consumer.write(
      'plain.mjs',
      `import { createLimiter, createMemoryLimitStore, definePolicy, rateLimitHeaders, systemClock } from 'hopgate/limiter';
      const failure = await import('hopgate/limiter/dynamodb').catch(({ code, message }) => code + ' ' + message);
      const limiter = createLimiter({ store: createMemoryLimitStore(), clock: systemClock });
      const policy = definePolicy({ name: 'login', limits: [
        { name: 'burst', algorithm: 'token-bucket', burst: 2, limit: 2, windowSeconds: 86400 },
      ] });
      const decisions = [];
      for (let index = 0; index < 3; index++) decisions.push(await limiter.take(policy, 'ada'));
      console.log(JSON.stringify({
        failure,
        allowed: decisions.map(({ allowed }) => allowed),
        headers: rateLimitHeaders(decisions[2]),
      }));`,
    );
    const { failure, allowed, headers } = JSON.parse(await consumer.run(['plain.mjs']));
    expect(failure).toMatch(/^ERR_MODULE_NOT_FOUND .*@aws-sdk/);
    expect(allowed).toEqual([true, true, false]);
    expect(headers).toMatchObject({
      'ratelimit-policy': '"burst";q=2',
      'x-ratelimit-remaining': '0',
    });
  });

  it('can be required from CommonJS', async () => {
    consumer.write('plain.cjs', "console.log(typeof require('hopgate/limiter').createLimiter);");
    expect(await consumer.run(['plain.cjs'])).toBe('function\n');
  });
});
