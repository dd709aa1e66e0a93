import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { alarmRules } from '../../../lib/alarms.ts';
import { apiRoutes } from '../../../lib/api-routes.ts';
import { configFor, stageNames } from '../../../lib/config.ts';
import { resourcesOf, synthesize, withoutHash } from '../synthesized.ts';

const prod = synthesize('prod').service;
const dev = synthesize('dev').service;
const functions = Object.entries(resourcesOf(prod, 'AWS::Lambda::Function'));
const aliases = resourcesOf(prod, 'AWS::Lambda::Alias');
const aliasIds = Object.keys(aliases);

const functionNames = [
  'AnalyticsClickConsumer',
  'AnalyticsCompactor',
  'AnalyticsStatsApi',
  'HealthHealthApi',
  'LimitsLimitsApi',
  'LinksLinkProjector',
  'LinksLinksApi',
  'LinksRedirect',
];

describe('ServiceStack', () => {
  describe('functions', () => {
    it('are one a slice', () => {
      const names = functions.map(([id]) => withoutHash(id).replace(/Function$/, ''));
      expect(names.sort()).toEqual(functionNames);
    });

    it.each(functions)('run %s on Node 24 and arm64 with a log group of its own', (_, resource) => {
      const { Architectures, LoggingConfig, Runtime, TracingConfig } = resource.Properties;
      expect([Runtime, Architectures]).toEqual(['nodejs24.x', ['arm64']]);
      expect(LoggingConfig.LogGroup.Ref).toMatch(/Logs/);
      expect(TracingConfig).toBeUndefined();
      expect(resource.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    });

    it('stand behind an alias on a version that is kept', () => {
      expect(aliasIds).toHaveLength(functions.length);
      for (const alias of Object.values(aliases)) expect(alias.Properties.Name).toBe('live');
      const versions = Object.values(resourcesOf(prod, 'AWS::Lambda::Version'));
      for (const version of versions) expect(version.DeletionPolicy).toBe('Retain');
    });

    it('have no URL that would go around the edge', () => {
      prod.resourceCountIs('AWS::Lambda::Url', 0);
    });

    it('get X-Ray and reserved concurrency where the config says so', () => {
      const { service } = synthesize('dev', {
        tracing: true,
        reservedConcurrency: { Redirect: 50 },
      });
      service.allResourcesProperties('AWS::Lambda::Function', {
        TracingConfig: { Mode: 'Active' },
      });
      service.resourcePropertiesCountIs(
        'AWS::Lambda::Function',
        { ReservedConcurrentExecutions: 50 },
        1,
      );
    });

    it('have no secret in the template, only references to them', () => {
      for (const [, { Properties }] of functions) {
        const { CODE_KEY, ORIGIN_SECRETS } = Properties.Environment.Variables;
        if (ORIGIN_SECRETS !== undefined) expect(ORIGIN_SECRETS).toMatch(/^\{\{resolve:/);
        if (CODE_KEY !== undefined) expect(JSON.stringify(CODE_KEY)).toContain('{{resolve:');
      }
    });
  });

  it.each(stageNames)('keeps every log of %s for as long as the config says', (stage) => {
    const groups = Object.values(resourcesOf(synthesize(stage).service, 'AWS::Logs::LogGroup'));
    expect(groups).toHaveLength(functions.length + 1);
    for (const { Properties } of groups) {
      expect(Properties.RetentionInDays).toBe(configFor(stage).logRetention);
    }
  });

  describe('HTTP API', () => {
    it('has these routes and no other', () => {
      const routes = Object.values(resourcesOf(prod, 'AWS::ApiGatewayV2::Route'));
      const keys = routes.map((route) => route.Properties.RouteKey);
      expect(keys.sort()).toEqual([...apiRoutes, '$default'].sort());
    });

    it('calls aliases only, and has a permission for each', () => {
      const integrations = Object.values(resourcesOf(prod, 'AWS::ApiGatewayV2::Integration'));
      const permissions = Object.values(resourcesOf(prod, 'AWS::Lambda::Permission'));
      const called = integrations.map(({ Properties }) => Properties.IntegrationUri.Ref).sort();
      expect(permissions.map(({ Properties }) => Properties.FunctionName.Ref).sort()).toEqual(
        called,
      );
      expect(called.map(withoutHash)).toEqual([
        'AnalyticsStatsApiLive',
        'HealthHealthApiLive',
        'LimitsLimitsApiLive',
        'LinksLinksApiLive',
        'LinksRedirectLive',
      ]);
    });

    it('has an access log without personal data, and a throttle', () => {
      prod.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingBurstLimit: 5000, ThrottlingRateLimit: 10000 },
        AccessLogSettings: { Format: Match.not(Match.stringLikeRegexp('identity|path|header')) },
      });
    });
  });

  describe('event source mappings', () => {
    const mappings = Object.values(resourcesOf(prod, 'AWS::Lambda::EventSourceMapping'));

    it('call aliases and report the messages that failed', () => {
      expect(mappings).toHaveLength(6);
      for (const { Properties } of mappings) {
        expect(JSON.stringify(Properties.FunctionName)).toMatch(/LiveDynamo|Live[0-9A-F]{8}/);
        expect(Properties.FunctionName['Fn::Join'][1][1]).toBe(':live');
        expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      }
    });

    it('read streams in halves that lead out of a fault, and the queue in large batches', () => {
      const streams = mappings.filter(
        ({ Properties }) => Properties.StartingPosition !== undefined,
      );
      expect(streams).toHaveLength(5);
      for (const { Properties } of streams) {
        expect(Properties.StartingPosition).toBe('TRIM_HORIZON');
        expect(Properties.BisectBatchOnFunctionError).toBe(true);
        expect(Properties.MaximumRetryAttempts).toBe(50);
        expect(JSON.stringify(Properties.DestinationConfig.OnFailure)).toContain('StreamDlq');
      }
      prod.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        BatchSize: 1000,
        MaximumBatchingWindowInSeconds: 5,
        ScalingConfig: { MaximumConcurrency: 10 },
      });
    });
  });

  describe('queues', () => {
    const queues = resourcesOf(prod, 'AWS::SQS::Queue');

    it('keep their logical ids', () => {
      expect(Object.keys(queues).sort()).toEqual([
        'AnalyticsClickDlq9275238D',
        'AnalyticsClickQueue65B637C9',
        'StreamDlqF539A7E2',
      ]);
    });

    it('are encrypted and take TLS only', () => {
      for (const queue of Object.values(queues)) {
        expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
      }
      const policies = Object.values(resourcesOf(prod, 'AWS::SQS::QueuePolicy'));
      expect(policies).toHaveLength(3);
      for (const { Properties } of policies) {
        expect(Properties.PolicyDocument.Statement[0]).toMatchObject({
          Effect: 'Deny',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        });
      }
    });

    it('hide a click for six times its consumer and give it up after five deliveries', () => {
      prod.hasResourceProperties('AWS::SQS::Queue', {
        VisibilityTimeout: 180,
        RedrivePolicy: { maxReceiveCount: 5 },
      });
      prod.resourcePropertiesCountIs('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 }, 2);
    });
  });

  describe('alarms', () => {
    const alarms = Object.values(resourcesOf(prod, 'AWS::CloudWatch::Alarm'));

    it('tell the topic, and say how urgent it is and what to do', () => {
      expect(alarms).toHaveLength(21);
      for (const { Properties } of alarms) {
        expect(Properties.AlarmActions).toHaveLength(1);
        expect(Properties.AlarmDescription).toMatch(
          /^\[(page|ticket)\] .+ Runbook: docs\/runbook\.md#[\w-]+$/,
        );
      }
    });

    it('use every rule of the table', () => {
      const descriptions = alarms.map(({ Properties }) => Properties.AlarmDescription).join('\n');
      for (const rule of Object.values(alarmRules)) expect(descriptions).toContain(rule.summary);
    });

    it('may publish to the topic, which takes TLS only', () => {
      prod.hasResourceProperties('AWS::SNS::TopicPolicy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({ Effect: 'Deny' }),
            Match.objectLike({
              Action: 'sns:Publish',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
            }),
          ]),
        },
      });
    });

    it('have a dashboard beside them', () => {
      prod.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    });
  });

  describe('deployments', () => {
    const groups = resourcesOf(prod, 'AWS::CodeDeploy::DeploymentGroup');
    const configOf = (template: typeof prod, name: string) => {
      const found = Object.entries(resourcesOf(template, 'AWS::CodeDeploy::DeploymentGroup'));
      return found.find(([id]) => id.startsWith(`Deployments${name}Group`))?.[1].Properties
        .DeploymentConfigName;
    };

    it('shift the redirect and the API step by step in prod, at once elsewhere', () => {
      expect(configOf(prod, 'Redirect')).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
      const linear = 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute';
      expect(configOf(prod, 'LinksApi')).toBe(linear);
      expect(configOf(prod, 'StatsApi')).toBe(linear);
      expect(configOf(prod, 'LimitsApi')).toBe(linear);
      expect(configOf(dev, 'Redirect')).toBe('CodeDeployDefault.LambdaAllAtOnce');
    });

    it('go back on errors and p99 of the new version, 5xx and dead letters', () => {
      const alarms = resourcesOf(prod, 'AWS::CloudWatch::Alarm');
      for (const { Properties } of Object.values(groups)) {
        expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
        const names = Properties.AlarmConfiguration.Alarms.map(
          (alarm: { Name: { Ref: string } }) => alarm.Name.Ref,
        );
        expect(names).toHaveLength(4);
        const watched = names.map((name: string) => {
          const { Dimensions, ExtendedStatistic, MetricName } = alarms[name]?.Properties ?? {};
          const versioned = JSON.stringify(Dimensions ?? '').includes('ExecutedVersion');
          return [MetricName, ExtendedStatistic, versioned].filter(Boolean).join(' ');
        });
        expect(watched).toEqual([
          'Errors true',
          'Duration p99 true',
          'ApproximateNumberOfMessagesVisible',
          '5xx',
        ]);
      }
    });

    it('own the aliases of the functions that they deploy', () => {
      const deployed = Object.entries(aliases).filter(([, alias]) => alias.UpdatePolicy);
      expect(deployed.map(([id]) => withoutHash(id)).sort()).toEqual([
        'AnalyticsStatsApiLive',
        'LimitsLimitsApiLive',
        'LinksLinksApiLive',
        'LinksRedirectLive',
      ]);
    });

    it('are left out for an emulator', () => {
      const { edge, service } = synthesize('dev', { emulator: true });
      service.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
      service.resourceCountIs('AWS::CodeDeploy::Application', 0);
      expect(edge).toBeUndefined();
    });
  });

  it('says where things are', () => {
    const outputs = ['ApiUrl', 'ClickQueueUrl', 'ClickDlqUrl', 'StreamDlqUrl', 'AlarmTopicArn'];
    expect(Object.keys(prod.findOutputs('*'))).toEqual(expect.arrayContaining(outputs));
  });
});
