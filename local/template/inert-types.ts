/** Types that change nothing of what a request or an event does, each with why. */
export const inertTypes: Readonly<Record<string, string>> = {
  'AWS::CDK::Metadata': 'says only which constructs were used',
  'AWS::CloudWatch::Alarm': 'nobody is on call for a laptop',
  'AWS::CloudWatch::CompositeAlarm': 'nobody is on call for a laptop',
  'AWS::CloudWatch::Dashboard': 'there are no metrics to draw',
  'AWS::CodeDeploy::Application': 'a start replaces everything at once',
  'AWS::CodeDeploy::DeploymentGroup': 'a start replaces everything at once',
  'AWS::Logs::LogGroup': 'the output of functions goes to one file',
  'AWS::Route53::RecordSet': 'the cloud is reached by its address',
  'AWS::SNS::Subscription': 'only alarms publish',
  'AWS::SNS::Topic': 'only alarms publish',
  'AWS::SNS::TopicPolicy': 'only alarms publish',
  'AWS::SQS::QueuePolicy': 'refuses plain HTTP and strangers; nothing but this process gets here',
};
