import { RemovalPolicy, SecretValue, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** What CloudFront and the origin share, by generation. */
interface OriginLock {
  readonly current: string;
  readonly previous?: string;
}

/** The same in every region, so that each stack resolves its own region's replica. */
const originSecretName = (stage: string, generation: string): string =>
  `hopgate/${stage}/origin-lock/${generation}`;

/** A reference that CloudFormation replaces with the generation's value while it deploys. */
export const originSecretValue = (stage: string, generation: string): string =>
  SecretValue.secretsManager(originSecretName(stage, generation)).unsafeUnwrap();

// The characters again: an emulator that knows only those would put a comma into a list of secrets.
const generated = {
  passwordLength: 64,
  excludePunctuation: true,
  excludeCharacters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};

export interface SecretsProps {
  readonly stage: string;
  readonly originLock: OriginLock;
  /** Where else the origin lock is read. */
  readonly replicaRegions: readonly string[];
  readonly retain: boolean;
}

/** Generated at the first deployment and never seen by anyone. Returns the code key. */
export const createSecrets = (scope: Construct, props: SecretsProps): Secret => {
  const { current, previous } = props.originLock;
  for (const generation of previous === undefined ? [current] : [current, previous]) {
    const secret = new Secret(scope, `OriginLock-${generation}`, {
      secretName: originSecretName(props.stage, generation),
      description: 'What CloudFront sends and the origin expects',
      generateSecretString: generated,
      replicaRegions: props.replicaRegions.map((region) => ({ region })),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Rotated by a deployment: both sides must know the new value before either uses it.',
    });
  }
  const codeKey = new Secret(scope, 'CodeKey', {
    description: 'HMAC key of the codes that idempotent requests get',
    generateSecretString: generated,
    removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  Validations.of(codeKey).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'Permanent: with another key a repeated request would no longer find its own link.',
  });
  return codeKey;
};
