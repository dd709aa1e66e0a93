import { resourcesOf, type Synthesized, withoutHash } from './synthesized.ts';

type Json = string | { readonly [key: string]: Json } | readonly Json[];

/** Names what an ARN in a policy points at: a table, a queue, `logs`. */
const nameOf = ({ state }: Synthesized, resource: Json): string => {
  const text = JSON.stringify(resource);
  const output = /"OutputName":"([^"]+)"/.exec(text)?.[1];
  if (output !== undefined) {
    const value = state.findOutputs(output)[output] as {
      Value: { 'Fn::GetAtt': [string, string] };
    };
    const [logicalId, attribute] = value.Value['Fn::GetAtt'];
    return withoutHash(logicalId) + (attribute === 'StreamArn' ? ' stream' : '');
  }
  const logicalId = /"Fn::GetAtt":\["([^"]+)","Arn"\]/.exec(text)?.[1];
  if (logicalId === undefined) return text;
  return logicalId.includes('Logs') ? 'logs' : withoutHash(logicalId);
};

/** What each role may do: `function: { resource: [action, …] }`. */
export const permissionsOf = (made: Synthesized): Record<string, Record<string, string[]>> => {
  const permissions: Record<string, Record<string, string[]>> = {};
  for (const policy of Object.values(resourcesOf(made.service, 'AWS::IAM::Policy'))) {
    const role = withoutHash(policy.Properties.Roles[0].Ref).replace(/Role$/, '');
    permissions[role] ??= {};
    const grants = permissions[role];
    for (const statement of policy.Properties.PolicyDocument.Statement) {
      for (const resource of [statement.Resource].flat()) {
        const name = nameOf(made, resource);
        grants[name] = [...(grants[name] ?? []), ...[statement.Action].flat()].sort();
      }
    }
  }
  return permissions;
};
