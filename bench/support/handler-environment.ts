import { configFor } from '../../lib/config.ts';

const { limits, links, redirect } = configFor('prod');

/** Everything that any handler reads when it is imported; the names lead nowhere. */
export const handlerEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  STAGE: 'prod',
  ORIGIN_SECRETS: 'current',
  LINK_TABLES: 'links-0,links-1,links-2,links-3',
  CONTROL_TABLE: 'control',
  LIMITS_TABLE: 'limits',
  INDEX_TABLE: 'index',
  SEGMENTS_TABLE: 'segments',
  COUNTS_TABLE: 'counts',
  CLICK_QUEUE_URL: 'http://127.0.0.1:9/000000000000/clicks',
  CODE_KEY: 'code-key',
  LIMIT_POLICIES: JSON.stringify(limits),
  LINK_SETTINGS: JSON.stringify(links),
  REDIRECT_SETTINGS: JSON.stringify(redirect),
};
