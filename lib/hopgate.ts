import { type App, type StackProps, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { AppConfig } from './config.ts';
import { EdgeStack } from './stacks/edge-stack.ts';
import { ServiceStack } from './stacks/service-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

/** CloudFront takes its certificates and log deliveries from here only. */
const edgeRegion = 'us-east-1';

export interface Stacks {
  readonly state: StateStack;
  readonly service: ServiceStack;
  /** Absent where the config is for an emulator. */
  readonly edge?: EdgeStack;
}

/** The stacks of one stage, each depending only on those before it. */
export const addStacks = (app: App, config: AppConfig, account: string | undefined): Stacks => {
  const { retain, stage } = config;
  const props = (name: string, region: string, description: string) =>
    ({
      stackName: `Hopgate-${stage}-${name}`,
      description: `Hopgate ${stage}: ${description}`,
      env: { region, ...(account !== undefined && { account }) },
      tags: { app: 'hopgate', stage },
      terminationProtection: retain,
    }) satisfies StackProps;
  const state = new StateStack(app, `Hopgate-${stage}-State`, {
    ...props('State', config.region, 'tables and secrets'),
    config,
    edgeRegion,
  });
  const service = new ServiceStack(app, `Hopgate-${stage}-Service`, {
    ...props('Service', config.region, 'functions, API and queues'),
    config,
    tables: state.tables,
    codeKey: state.codeKey,
  });
  service.addStackDependency(state);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  if (config.emulator) return { state, service };
  const edge = new EdgeStack(app, `Hopgate-${stage}-Edge`, {
    ...props('Edge', edgeRegion, 'distribution'),
    config,
    apiId: service.apiId,
  });
  edge.addStackDependency(service);
  return { state, service, edge };
};
