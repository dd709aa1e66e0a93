import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import type { AppConfig, CustomDomain } from '../config.ts';
import { Edge } from '../features/edge.ts';
import { originSecretValue } from '../features/secrets.ts';

export interface EdgeStackProps extends StackProps {
  readonly config: AppConfig;
  /** Of the HTTP API in the home region. */
  readonly apiId: string;
}

/** What stands before the service all over the world; must be deployed to us-east-1. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, { apiId, config, ...props }: EdgeStackProps) {
    super(scope, id, props);
    const { domain, originLock, priceClass, region, stage } = config;
    const { distribution } = new Edge(this, 'Edge', {
      comment: `Hopgate ${stage}`,
      origin: {
        // Of the id, not of the endpoint: cutting a host out of a reference that is resolved at
        // deployment is what template linters stumble over.
        domain: `${apiId}.execute-api.${region}.amazonaws.com`,
        secret: originSecretValue(stage, originLock.current),
      },
      priceClass,
      ...(domain !== undefined && { domain }),
    });
    if (domain?.hostedZone !== undefined) this.addRecords(domain, domain.hostedZone, distribution);
    const host = domain?.names[0] ?? distribution.distributionDomainName;
    const outputs = {
      DistributionUrl: `https://${host}`,
      DistributionId: distribution.distributionId,
      DistributionDomain: distribution.distributionDomainName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  private addRecords(
    { names }: CustomDomain,
    { id, name: zoneName }: NonNullable<CustomDomain['hostedZone']>,
    distribution: Edge['distribution'],
  ): void {
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: id, zoneName });
    const target = RecordTarget.fromAlias(new CloudFrontTarget(distribution));
    for (const recordName of names) {
      new ARecord(this, `A-${recordName}`, { zone, recordName: `${recordName}.`, target });
      new AaaaRecord(this, `Aaaa-${recordName}`, { zone, recordName: `${recordName}.`, target });
    }
  }
}
