import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { type Aws, textsOf } from './aws.ts';

/** Physical ids of what exists now, by resource type, as each service itself lists it. */
export type Inventory = ReadonlyMap<string, ReadonlySet<string>>;

type Named = Readonly<Record<string, string>>;

const perApi = async (aws: Aws, kind: string, idOf: (item: Named, apiId: string) => string) => {
  const { items } = await aws.get('apigateway', '/v2/apis');
  const ids = items.map(async ({ apiId }: Named) => {
    const found = await aws.get('apigateway', `/v2/apis/${apiId}/${kind}?maxResults=100`);
    return found.items.map((item: Named) => idOf(item, apiId ?? ''));
  });
  return (await Promise.all(ids)).flat();
};

const functions = async (aws: Aws): Promise<string[]> => {
  const { Functions } = await aws.get('lambda', '/2015-03-31/functions/?MaxItems=50');
  return Functions.map(({ FunctionName }: Named) => FunctionName);
};

const perFunction = async (aws: Aws, kind: string, list: string, arn: string) => {
  const found = (await functions(aws)).map(async (name) => {
    const answer = await aws.get('lambda', `/2015-03-31/functions/${name}/${kind}`);
    return answer[list].map((item: Named) => item[arn]);
  });
  return (await Promise.all(found)).flat();
};

/** The emulator has several host names, and so several URLs for a queue. */
const queueName = (url: string): string => url.split('/').at(-1) ?? url;

/** The id under which a resource is in the inventory. */
export const listedId = (type: string, physicalId: string): string =>
  type === 'AWS::SQS::Queue' ? queueName(physicalId) : physicalId;

const alarms = { MaxRecords: '100' };

const listers: Readonly<Record<string, (aws: Aws) => Promise<string[]>>> = {
  'AWS::DynamoDB::GlobalTable': async ({ dynamo }) =>
    (await dynamo.send(new ListTablesCommand({}))).TableNames ?? [],
  'AWS::SQS::Queue': async ({ sqs }) =>
    ((await sqs.send(new ListQueuesCommand({ MaxResults: 100 }))).QueueUrls ?? []).map(queueName),
  'AWS::SecretsManager::Secret': async (aws) => {
    const { SecretList } = await aws.json('secretsmanager', 'secretsmanager.ListSecrets');
    return SecretList.flatMap(({ ARN, Name }: Named) => [ARN, Name]);
  },
  'AWS::Lambda::Function': functions,
  'AWS::Lambda::Version': (aws) => perFunction(aws, 'versions', 'Versions', 'FunctionArn'),
  'AWS::Lambda::Alias': (aws) => perFunction(aws, 'aliases', 'Aliases', 'AliasArn'),
  'AWS::Lambda::EventSourceMapping': async (aws) => {
    const answer = await aws.get('lambda', '/2015-03-31/event-source-mappings/');
    return answer.EventSourceMappings.map(({ UUID }: Named) => UUID);
  },
  'AWS::ApiGatewayV2::Api': async (aws) =>
    (await aws.get('apigateway', '/v2/apis')).items.map(({ apiId }: Named) => apiId),
  'AWS::ApiGatewayV2::Route': (aws) =>
    perApi(aws, 'routes', ({ routeId }, apiId) => `${apiId}/${routeId}`),
  'AWS::ApiGatewayV2::Integration': (aws) =>
    perApi(aws, 'integrations', ({ integrationId }) => integrationId ?? ''),
  'AWS::ApiGatewayV2::Stage': (aws) => perApi(aws, 'stages', ({ stageName }) => stageName ?? ''),
  'AWS::Logs::LogGroup': async (aws) => {
    const { logGroups } = await aws.json('logs', 'Logs_20140328.DescribeLogGroups', { limit: 50 });
    return logGroups.map(({ logGroupName }: Named) => logGroupName);
  },
  'AWS::IAM::Role': async (aws) =>
    textsOf(await aws.query('iam', '2010-05-08', 'ListRoles', { MaxItems: '200' }), 'RoleName'),
  'AWS::SNS::Topic': async (aws) =>
    textsOf(await aws.query('sns', '2010-03-31', 'ListTopics'), 'TopicArn'),
  'AWS::CloudWatch::Alarm': async (aws) =>
    textsOf(await aws.query('monitoring', '2010-08-01', 'DescribeAlarms', alarms), 'AlarmName'),
  'AWS::CloudWatch::Dashboard': async (aws) =>
    textsOf(await aws.query('monitoring', '2010-08-01', 'ListDashboards'), 'DashboardName'),
};

/** Parts of another resource, for which no service has a list. */
export const partTypes: ReadonlySet<string> = new Set([
  'AWS::IAM::Policy',
  'AWS::Lambda::Permission',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]);

export const takeInventory = async (aws: Aws): Promise<Inventory> => {
  const entries = Object.entries(listers).map(
    async ([type, list]) => [type, new Set(await list(aws))] as const,
  );
  return new Map(await Promise.all(entries));
};
