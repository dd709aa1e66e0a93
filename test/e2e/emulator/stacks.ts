import { readFileSync } from 'node:fs';
import { type Aws, textsOf } from './aws.ts';
import { buildFolder } from './command.ts';
import { type Inventory, listedId, partTypes } from './inventory.ts';
import { differ, expectEqual } from './report.ts';

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  /** As the template has them. */
  // biome-ignore lint/suspicious/noExplicitAny: as free as CloudFormation's own
  readonly properties: any;
}

export const stackNames = ['Hopgate-dev-State', 'Hopgate-dev-Service'];
export const assembly = `${buildFolder}/cdk.out`;

interface Template {
  readonly Resources: Record<string, { Type: string; Properties?: unknown }>;
}

const deployedOf = async (aws: Aws, stack: string): Promise<Resource[]> => {
  const path = `${assembly}/${stack}.template.json`;
  const { Resources } = JSON.parse(readFileSync(path, 'utf8')) as Template;
  const members = new Map<string | undefined, string>();
  for (let token: string | undefined = ''; token !== undefined; ) {
    // A hundred a page.
    const xml: string = await aws.query('cloudformation', '2010-05-15', 'ListStackResources', {
      StackName: stack,
      ...(token !== '' && { NextToken: token }),
    });
    for (const member of xml.split('<member>')) {
      members.set(textsOf(member, 'LogicalResourceId')[0], member);
    }
    token = textsOf(xml, 'NextToken')[0];
  }
  return Object.entries(Resources).flatMap(([logicalId, { Type: type, Properties }]) => {
    const member = members.get(logicalId) ?? '';
    const [status] = textsOf(member, 'ResourceStatus');
    const [physicalId] = textsOf(member, 'PhysicalResourceId');
    if (status !== 'CREATE_COMPLETE' || physicalId === undefined) {
      differ(`${stack}/${logicalId} (${type}): status ${status}, id ${physicalId}`);
      return [];
    }
    return [{ logicalId, type, physicalId, properties: Properties ?? {} }];
  });
};

/** Every resource of the templates with the id that CloudFormation gave it. */
export const readDeployed = async (aws: Aws): Promise<Resource[]> =>
  (await Promise.all(stackNames.map((stack) => deployedOf(aws, stack)))).flat();

/** Returns how many were looked for; parts of others are not. */
export const checkExistence = (
  resources: readonly Resource[],
  inventory: Inventory,
  expected: boolean,
): number => {
  let checked = 0;
  for (const { logicalId, type, physicalId } of resources) {
    if (partTypes.has(type)) continue;
    const known = inventory.get(type);
    if (known === undefined) differ(`${logicalId}: nothing here knows how to list ${type}`);
    else {
      const exists = known.has(listedId(type, physicalId));
      expectEqual(`${type} ${physicalId} exists`, exists, expected);
    }
    checked++;
  }
  return checked;
};

export const stacksThatExist = async (aws: Aws): Promise<string[]> =>
  textsOf(await aws.query('cloudformation', '2010-05-15', 'DescribeStacks'), 'StackName').filter(
    (name) => stackNames.includes(name),
  );
