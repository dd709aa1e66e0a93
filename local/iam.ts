import { UnsupportedError } from './template/unsupported-error.ts';
import type { Assembly, Resource } from './template.ts';

export type Verdict = 'allowed' | 'denied' | 'explicitly-denied';

/** Whether a role may do `action` to `resource`, by its policies in the template. */
export type Authorize = (roleArn: string, action: string, resource: string) => Verdict;

interface Statement {
  readonly denies: boolean;
  matches(action: string, resource: string): boolean;
}

/** Managed policies that grant what nothing here asks for: to write logs. */
const loggingPolicies = ['service-role/AWSLambdaBasicExecutionRole'];

const toPattern = (text: string, flags = ''): RegExp => {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags);
};

const readStatement = (where: Resource, statement: Record<string, unknown>): Statement => {
  const { Action, Effect, Resource: target, Sid, ...others } = statement;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new UnsupportedError(where, `${other} in a policy statement`);
  if (Effect !== 'Allow' && Effect !== 'Deny')
    throw new UnsupportedError(where, `Effect ${Effect}`);
  const actions = [Action].flat().map((action) => toPattern(String(action), 'i'));
  const resources = [target].flat().map((resource) => toPattern(String(resource)));
  return {
    denies: Effect === 'Deny',
    matches: (action, resource) =>
      actions.some((pattern) => pattern.test(action)) &&
      resources.some((pattern) => pattern.test(resource)),
  };
};

const readDocument = (where: Resource, document: unknown): Statement[] =>
  [(document as { Statement: unknown }).Statement]
    .flat()
    .map((statement) => readStatement(where, statement as Record<string, unknown>));

const readRole = (assembly: Assembly, arn: string): Statement[] => {
  const role = assembly.ofType('AWS::IAM::Role').find(({ attributes }) => attributes.Arn === arn);
  if (role === undefined) throw new Error(`No role of the template is ${arn}`);
  const { ManagedPolicyArns = [], Policies = [] } = role.properties as {
    ManagedPolicyArns?: string[];
    Policies?: { PolicyDocument: unknown }[];
  };
  for (const name of ManagedPolicyArns) {
    if (!loggingPolicies.some((policy) => name.endsWith(`:aws:policy/${policy}`))) {
      throw new UnsupportedError(role, `the managed policy ${name}`);
    }
  }
  return [
    ...Policies.flatMap(({ PolicyDocument }) => readDocument(role, PolicyDocument)),
    ...assembly
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => (properties.Roles as string[]).includes(role.ref))
      .flatMap((policy) => readDocument(policy, policy.properties.PolicyDocument)),
  ];
};

/** @throws UnsupportedError for what would make an answer a guess: conditions, managed policies */
export const createAuthorizer = (assembly: Assembly, roleArns: readonly string[]): Authorize => {
  const roles = new Map(roleArns.map((arn) => [arn, readRole(assembly, arn)]));
  const verdicts = new Map<string, Verdict>();
  const decide = (roleArn: string, action: string, resource: string): Verdict => {
    const matching = roles.get(roleArn)?.filter((each) => each.matches(action, resource)) ?? [];
    if (matching.some(({ denies }) => denies)) return 'explicitly-denied';
    return matching.length > 0 ? 'allowed' : 'denied';
  };
  return (roleArn, action, resource) => {
    const question = `${roleArn} ${action} ${resource}`;
    const known = verdicts.get(question);
    if (known) return known;
    const verdict = decide(roleArn, action, resource);
    verdicts.set(question, verdict);
    return verdict;
  };
};

/** What AWS says to a caller that may not. */
export const denialMessage = (denial: {
  readonly roleArn: string;
  readonly functionName: string;
  readonly action: string;
  readonly resource: string;
  readonly verdict: Verdict;
}): string => {
  const { action, functionName, resource, roleArn, verdict } = denial;
  const principal = `${roleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${functionName}`;
  const reason =
    verdict === 'explicitly-denied'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  return `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
};
