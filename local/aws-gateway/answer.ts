/** What the gateway answers to an AWS client. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer | string;
}

const errorNamespaces = {
  dynamodb: 'com.amazonaws.dynamodb.v20120810',
  sqs: 'com.amazonaws.sqs',
  any: 'com.amazon.coral.service',
};

/** An error in the shape of AWS's JSON protocols; `any` is what all services share. */
export const awsError = (
  service: keyof typeof errorNamespaces,
  name: string,
  message: string,
  status = 400,
): Answer => ({
  status,
  body: JSON.stringify({ __type: `${errorNamespaces[service]}#${name}`, message }),
});

export const statusOfFault = (error: string): number => {
  if (/^Internal/.test(error)) return 500;
  return /^ServiceUnavailable/.test(error) ? 503 : 400;
};
