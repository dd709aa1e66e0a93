import { App } from 'aws-cdk-lib';
import cdkJson from '../cdk.json' with { type: 'json' };
import { configFor } from '../lib/config.ts';
import { addStacks } from '../lib/hopgate.ts';

// The context again, for whoever runs this file without the CDK's command line, which wins.
const app = new App({ context: cdkJson.context, analyticsReporting: false });
const context = (name: string): unknown => app.node.tryGetContext(name);

const emulator = [true, 'true'].includes(context('emulator') as string | boolean);
const config = { ...configFor(String(context('stage'))), emulator };

// Without an account the templates fit any: that is what tests and the local cloud read.
addStacks(app, config, process.env.CDK_DEFAULT_ACCOUNT);
