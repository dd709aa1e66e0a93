import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.ts';
import { gatewayEvent } from '../support/gateway-event.ts';
import { type Consumer, createConsumer, root } from './consumer.ts';

let consumer: Consumer;
// biome-ignore lint/suspicious/noExplicitAny: a template has no types
let resources: Record<string, any>[];

const compilerOptions = {
  target: 'ES2024',
  lib: ['ES2024'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  // middy's own declarations name a package that is optional.
  skipLibCheck: true,
  noEmit: true,
};

const synthesize = async (): Promise<typeof resources> => {
  const context = { 'aws:cdk:bundling-stacks': [], 'aws:cdk:version-reporting': false };
  await consumer.run(['stack.ts'], {
    CDK_OUTDIR: join(consumer.directory, 'cdk.out'),
    CDK_CONTEXT_JSON: JSON.stringify(context),
  });
  const path = join(consumer.directory, 'cdk.out', 'Greeting.template.json');
  return Object.values(JSON.parse(readFileSync(path, 'utf8')).Resources);
};

const only = (type: string) => {
  const found = resources.filter(({ Type }) => Type === type);
  expect(found).toHaveLength(1);
  return found[0]?.Properties;
};

beforeAll(async () => {
  consumer = createConsumer([
    '@aws-sdk/client-dynamodb',
    '@middy/core',
    '@types/aws-lambda',
    '@types/node',
    'aws-cdk-lib',
    'constructs',
  ]);
  cpSync(join(root, 'docs/examples/rate-limited-api'), consumer.directory, { recursive: true });
  resources = await synthesize();
});
afterAll(() => consumer.remove());

describe('docs/examples/rate-limited-api', () => {
  it('type-checks against the declarations of the package', async () => {
    const config = { compilerOptions, files: ['stack.ts', 'handler.ts'] };
    consumer.write('tsconfig.json', JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await expect(consumer.run([tsc, '-p', '.'])).resolves.toBe('');
    const handler = readFileSync(join(consumer.directory, 'handler.ts'), 'utf8');
    consumer.write('wrong.ts', handler.replace("policy('greetings')", '42'));
    consumer.write('tsconfig.json', JSON.stringify({ ...config, files: ['wrong.ts'] }));
    await expect(consumer.run([tsc, '-p', '.'])).rejects.toMatchObject({
      stdout: expect.stringContaining('wrong.ts(10,'),
    });
  });

  it('synthesizes a table with a TTL, the grants, and the environment', () => {
    expect(only('AWS::DynamoDB::GlobalTable')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    });
    const { Statement } = only('AWS::IAM::Policy').PolicyDocument;
    expect(Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
        Resource: { 'Fn::GetAtt': [expect.stringMatching(/^LimitsTable/), 'Arn'] },
      },
    ]);
    const { Variables } = only('AWS::Lambda::Function').Environment;
    expect(Variables.HOPGATE_LIMITS_TABLE).toEqual({ Ref: expect.stringMatching(/^LimitsTable/) });
    expect(JSON.parse(Variables.HOPGATE_LIMIT_POLICIES)).toHaveProperty('greetings.limits');
  });

  describe('its handler, bundled, over the table', () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await startEngine();
      await engine.createTable({ name: 'limits' });
    });
    afterAll(async () => engine.stop());

    it('admits five requests of an address, refuses the sixth, and admits another address', async () => {
      await build({
        entryPoints: [join(consumer.directory, 'handler.ts')],
        absWorkingDir: consumer.directory,
        bundle: true,
        platform: 'node',
        format: 'esm',
        banner: {
          js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        },
        outfile: join(consumer.directory, 'bundle/index.mjs'),
      });
      // The limiter's time budgets are stretched: this machine may be a slow one.
      consumer.write(
        'invoke.mjs',
        `const timer = globalThis.setTimeout;
        globalThis.setTimeout = (run, ms, ...rest) => timer(run, ms * 100, ...rest);
        const { handler } = await import('./bundle/index.mjs');
        const answers = [];
        for (const event of JSON.parse(process.env.EVENTS)) answers.push(await handler(event, {}));
        process.stdout.write('ANSWERS ' + JSON.stringify(answers) + '\\n', () => process.exit());`,
      );
      const event = gatewayEvent({ query: { name: 'Ada' } });
      const { http } = event.requestContext;
      const elsewhere = { ...http, sourceIp: '198.51.100.1' };
      const events = [
        ...Array(6).fill(event),
        { ...event, requestContext: { ...event.requestContext, http: elsewhere } },
      ];
      const { HOPGATE_LIMIT_POLICIES } = only('AWS::Lambda::Function').Environment.Variables;
      const output = await consumer.run(['invoke.mjs'], {
        AWS_ENDPOINT_URL_DYNAMODB: engine.endpoint,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        HOPGATE_LIMITS_TABLE: 'limits',
        HOPGATE_LIMIT_POLICIES,
        EVENTS: JSON.stringify(events),
      });
      const answers = JSON.parse(/^ANSWERS (.*)$/m.exec(output)?.[1] ?? '');
      expect(answers.map(({ statusCode }: { statusCode: number }) => statusCode)).toEqual([
        200, 200, 200, 200, 200, 429, 200,
      ]);
      expect(answers[0]).toMatchObject({
        body: 'Hello, Ada!\n',
        headers: {
          'content-type': 'text/plain',
          'ratelimit-policy': '"hour";q=100;w=3600, "burst";q=5',
          'x-ratelimit-remaining': '99',
        },
      });
      const { headers, body } = answers[5];
      expect(headers).toMatchObject({
        'content-type': 'application/problem+json',
        'x-ratelimit-limit': '5',
        'x-ratelimit-remaining': '0',
      });
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(JSON.parse(body)).toMatchObject({
        type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
        status: 429,
        'violated-policies': ['burst'],
      });
      // The refusal was counted where CloudWatch reads it.
      const metric = JSON.parse(/^(\{"_aws".*)$/m.exec(output)?.[1] ?? '');
      expect(metric).toMatchObject({ table: 'limits', policy: 'greetings', LimiterDenied: 1 });
    });
  });
});
