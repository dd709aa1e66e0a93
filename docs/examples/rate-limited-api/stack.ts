import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { Construct } from 'constructs';
import { RateLimiter } from 'hopgate/cdk';

class GreetingStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const greet = new NodejsFunction(this, 'Greet', {
      entry: 'handler.ts',
      runtime: Runtime.NODEJS_24_X,
      bundling: { format: OutputFormat.ESM },
    });
    const api = new HttpApi(this, 'Api', {
      defaultIntegration: new HttpLambdaIntegration('GreetIntegration', greet),
    });
    new CfnOutput(this, 'Url', { value: api.apiEndpoint });

    // An hour's quota of 100, of which 5 may come at once.
    const hour = { limit: 100, windowSeconds: 3600 };
    const limits = new RateLimiter(this, 'Limits', {
      policies: {
        greetings: {
          limits: [
            { name: 'hour', algorithm: 'fixed-window', ...hour },
            { name: 'burst', algorithm: 'token-bucket', burst: 5, ...hour },
          ],
        },
      },
    });
    limits.protect(greet);
  }
}

new GreetingStack(new App(), 'Greeting');
