import type { Clock } from '../../functions/kernel/clock.ts';
import { createDistribution, type Distribution } from '../cloudfront.ts';
import type { HttpApi } from '../http-api.ts';
import type { Assembly } from '../template.ts';

const policyTypes = ['CachePolicy', 'OriginRequestPolicy', 'ResponseHeadersPolicy'];

/** The distribution of the template before its HTTP API. */
export const createEdge = (
  assembly: Assembly,
  deps: { readonly api: HttpApi; readonly clock: Clock; readonly log: (line: string) => void },
): Distribution => {
  const [distribution, another] = assembly.ofType('AWS::CloudFront::Distribution');
  if (distribution === undefined || another !== undefined) {
    throw new Error('The local cloud needs a template with exactly one distribution');
  }
  const policies = policyTypes.flatMap((type) =>
    assembly
      .ofType(`AWS::CloudFront::${type}`)
      .map(({ properties, ref }) => [ref, properties[`${type}Config`]] as const),
  );
  const functions = assembly
    .ofType('AWS::CloudFront::Function')
    .map(({ properties, ref }) => [ref, String(properties.FunctionCode)] as const);
  return createDistribution({
    properties: distribution.properties.DistributionConfig,
    policies: new Map(policies),
    functions: new Map(functions),
    originFetch: async (domain, request) => {
      if (domain !== deps.api.domainName) throw new Error(`No API of the template is ${domain}`);
      return deps.api.handle(request);
    },
    clock: deps.clock,
    log: deps.log,
  });
};
