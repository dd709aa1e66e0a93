import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { LimitPolicies } from '../functions/limiter/env.ts';
import type { LinkSettings, RedirectSettings } from '../functions/links/env.ts';
import { type AlarmName, type AlarmRule, alarmsWith } from './alarms.ts';
import type { DeployStrategy } from './constructs/safe-deployment.ts';

export const stageNames = ['dev', 'staging', 'prod'] as const;

export type StageName = (typeof stageNames)[number];

/** Names of our own in place of the one that CloudFront gives. */
export interface CustomDomain {
  /** The first is the one that outputs name. */
  readonly names: readonly [string, ...string[]];
  /** Of a certificate in us-east-1 that covers all names. */
  readonly certificateArn: string;
  /** Gets alias records for all names. @default none: records are yours to make */
  readonly hostedZone?: { readonly id: string; readonly name: string };
}

/** All that differs between stages, and all that an operator may decide. */
export interface AppConfig {
  readonly stage: StageName;
  /** Home of state and service; the edge is always in us-east-1. */
  readonly region: string;
  /** Tables that the links are spread over. */
  readonly shards: number;
  /**
   * The generation of the secret between CloudFront and the origin. To rotate: name a new current
   * one and keep the old as previous, deploy, then drop the previous one and deploy again.
   */
  readonly originLock: { readonly current: string; readonly previous?: string };
  readonly limits: LimitPolicies;
  readonly links: LinkSettings;
  readonly redirect: RedirectSettings;
  /** Of the HTTP API as a whole; a new account has 10,000 and 5,000. */
  readonly throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** Click consumers at the same time, at least 2. */
  readonly clickConcurrency: number;
  /** Concurrency set aside, by function (`Redirect`, `LinksApi`, …); off where not named. */
  readonly reservedConcurrency: Readonly<Record<string, number>>;
  /** X-Ray. */
  readonly tracing: boolean;
  readonly logRetention: RetentionDays;
  /** Deletion and termination protection; tables, the code key and logs outlive their stacks. */
  readonly retain: boolean;
  readonly deploy: { readonly redirect: DeployStrategy; readonly api: DeployStrategy };
  readonly alarms: Readonly<Record<AlarmName, AlarmRule>>;
  readonly priceClass: PriceClass;
  readonly domain?: CustomDomain;
  /** Leaves out what emulators do not have: CodeDeploy, CloudFront, alarms on computed metrics. */
  readonly emulator: boolean;
}

const kept = { onFailure: 'open', mode: 'enforce' } as const;

/** What the product promises; one end-to-end suite runs with this table. */
const productLimits: LimitPolicies = {
  perKey: { limitPerHour: 1_000, burst: 100, ...kept },
  checksPerKey: { limitPerSecond: 1_000, burst: 1_000, ...kept },
  perIp: { limitPerHour: 600, burst: 60, ...kept },
  global: { limitPerHour: 1_000_000, ...kept },
};

/** Generous: the end-to-end suites create thousands of links at once. */
const testLimits: LimitPolicies = {
  perKey: { limitPerHour: 10_000_000, burst: 1_000_000, ...kept },
  checksPerKey: { limitPerSecond: 100_000, burst: 1_000_000, ...kept },
  perIp: { limitPerHour: 1_000_000, burst: 100_000, ...kept },
  global: { limitPerHour: 100_000_000, ...kept },
};

const prod: AppConfig = {
  stage: 'prod',
  region: 'eu-central-1',
  shards: 4,
  originLock: { current: 'k1' },
  limits: productLimits,
  links: { reservedDays: 90, allowSingleLabelHosts: false, blockedHosts: [], ownHosts: [] },
  redirect: {
    cacheSeconds: 5,
    cacheEntries: 5_000,
    floodLimit: { perMinute: 600, burst: 200 },
  },
  throttle: { ratePerSecond: 10_000, burst: 5_000 },
  clickConcurrency: 10,
  reservedConcurrency: {},
  tracing: false,
  logRetention: RetentionDays.THREE_MONTHS,
  retain: true,
  deploy: { redirect: 'canary-10-percent-5-minutes', api: 'linear-10-percent-1-minute' },
  alarms: alarmsWith({}),
  priceClass: PriceClass.PRICE_CLASS_ALL,
  emulator: false,
};

const staging: AppConfig = {
  ...prod,
  stage: 'staging',
  clickConcurrency: 5,
  logRetention: RetentionDays.ONE_MONTH,
  retain: false,
  deploy: { redirect: 'all-at-once', api: 'all-at-once' },
  priceClass: PriceClass.PRICE_CLASS_100,
};

const dev: AppConfig = {
  ...staging,
  stage: 'dev',
  limits: testLimits,
  redirect: {
    ...prod.redirect,
    // The local cloud runs this stage on busy machines, where a queue may take long to answer.
    clickBudgetMs: 3_000,
    floodLimit: { perMinute: 10_000_000, burst: 1_000_000 },
  },
  logRetention: RetentionDays.ONE_WEEK,
};

const stages: Readonly<Record<StageName, AppConfig>> = { dev, staging, prod };

/** @throws Error for a stage that is not in the table. */
export const configFor = (stage: string): AppConfig => {
  const known = stageNames.find((name) => name === stage);
  if (known === undefined) {
    throw new Error(`No stage "${stage}"; lib/config.ts has ${stageNames.join(', ')}`);
  }
  return stages[known];
};
