import {
  Function as CloudFrontFunction,
  FunctionCode,
  FunctionRuntime,
} from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { bundleEdgeScript } from './edge-script.ts';

export interface EdgeFunctionProps {
  /** Path from the project's root of a module that exports `handler(event)`. */
  readonly entry: string;
  readonly comment: string;
}

/** A CloudFront Function (runtime 2.0) bundled from TypeScript and checked against that runtime. */
export class EdgeFunction extends CloudFrontFunction {
  constructor(scope: Construct, id: string, props: EdgeFunctionProps) {
    super(scope, id, {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromInline(bundleEdgeScript(props.entry)),
      comment: props.comment,
      autoPublish: true,
    });
  }
}
