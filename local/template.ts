import {
  account,
  createTypeTable,
  type Declaration,
  type Identity,
} from './template/resource-types.ts';
import { readStacks, type Stack } from './template/stacks.ts';
import { UnsupportedError } from './template/unsupported-error.ts';

/** A resource whose properties hold values only. */
export interface Resource extends Declaration, Identity {
  /** Construct ids from the stack down: `Links`, `Redirect`, `Function`. */
  readonly path: readonly string[];
}

/** All stacks of one synthesis, resolved as CloudFormation would have after deploying them. */
export interface Assembly {
  readonly directory: string;
  ofType(type: string): Resource[];
  /** @throws Error where no stack has that output */
  output(name: string): string;
}

export interface AssemblyOptions {
  readonly directory: string;
  readonly gatewayEndpoint: string;
  /** The value of a secret by its name or ARN, for dynamic references. */
  readonly secretValue: (secret: Resource) => string;
}

type Json = Record<string, unknown>;

const secretReference =
  /\{\{resolve:secretsmanager:(.+?)(?::SecretString:([^:}]*):([^:}]*):([^:}]*))?\}\}/g;

/** @throws UnsupportedError where the template needs what the local cloud does not have */
export const loadAssembly = (options: AssemblyOptions): Assembly => {
  const { directory } = options;
  const types = createTypeTable(options.gatewayEndpoint);
  const stacks = readStacks(directory);
  const declarations = stacks.flatMap(({ resources }) => [...resources.values()]);
  for (const declaration of declarations) types.check(declaration);

  const stackOf = (name: string): Stack => {
    const stack = stacks.find((each) => each.name === name);
    if (stack === undefined) throw new Error(`No stack is called ${name}`);
    return stack;
  };
  const outputOf = (stack: Stack, name: string): string => {
    const output = stack.outputs[name];
    if (output === undefined) throw new Error(`The stack ${stack.name} has no output ${name}`);
    return String(resolve(output.Value, { ...stack, type: 'output', logicalId: name }));
  };
  const identities = new Map<Declaration, Identity>();
  const identify = (declaration: Declaration): Identity => {
    const known = identities.get(declaration);
    if (known) return known;
    const { properties, stack } = declaration;
    const identity = types.identify(declaration, (name) =>
      String(resolve(properties[name], { ...stackOf(stack), ...declaration })),
    );
    identities.set(declaration, identity);
    return identity;
  };

  interface Place extends Stack {
    readonly type: string;
    readonly logicalId: string;
  }

  const refer = (name: string, place: Place): string => {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': account,
      'AWS::NoValue': '',
      'AWS::Partition': 'aws',
      'AWS::Region': place.region,
      'AWS::StackName': place.name,
      'AWS::URLSuffix': 'amazonaws.com',
    };
    const declaration = place.resources.get(name);
    const value = declaration ? identify(declaration).ref : pseudo[name];
    if (value === undefined) throw new UnsupportedError(place, `a reference to ${name}`);
    return value;
  };
  const attribute = (path: string, place: Place): string => {
    const [logicalId = '', ...rest] = path.split('.');
    const name = rest.join('.');
    const declaration = place.resources.get(logicalId);
    const value = declaration && identify(declaration).attributes[name];
    if (value === undefined) throw new UnsupportedError(place, `attribute ${name} of ${logicalId}`);
    return value;
  };

  const intrinsics: Record<string, (input: never, place: Place) => unknown> = {
    Ref: (name: string, place) => refer(name, place),
    'Fn::GetAtt': (path: string | string[], place) => attribute([path].flat().join('.'), place),
    'Fn::Join': ([separator, parts]: [string, unknown], place) =>
      (resolve(parts, place) as string[]).join(separator),
    'Fn::Select': ([index, list]: [number | string, unknown], place) =>
      (resolve(list, place) as unknown[])[Number(index)],
    'Fn::Split': ([separator, text]: [string, unknown], place) =>
      String(resolve(text, place)).split(separator),
    'Fn::Sub': (text: string, place) =>
      text.replace(/\$\{([^}]+)\}/g, (_, name: string) =>
        name.includes('.') ? attribute(name, place) : refer(name, place),
      ),
    'Fn::GetStackOutput': ({ StackName, OutputName }: Record<string, string>) =>
      outputOf(stackOf(String(StackName)), String(OutputName)),
  };

  const secrets = declarations.filter(({ type }) => type === 'AWS::SecretsManager::Secret');
  const resolveSecrets = (text: string, place: Place): string =>
    text.replace(secretReference, (_, id: string, jsonKey = '') => {
      const secret = secrets.find(
        (each) => each.properties.Name === id || identify(each).ref === id,
      );
      if (secret === undefined) throw new UnsupportedError(place, `the secret ${id}`);
      if (jsonKey !== '') throw new UnsupportedError(place, 'a JSON key of a secret');
      return options.secretValue(toResource(secret));
    });

  const resolve = (value: unknown, place: Place): unknown => {
    if (typeof value === 'string') return resolveSecrets(value, place);
    if (Array.isArray(value)) return value.map((item) => resolve(item, place));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, input] = [undefined, undefined]] = entries;
    if (entries.length === 1 && name && (name === 'Ref' || name.startsWith('Fn::'))) {
      const intrinsic = intrinsics[name];
      if (intrinsic === undefined) throw new UnsupportedError(place, name);
      const result = intrinsic(input as never, place);
      return typeof result === 'string' ? resolveSecrets(result, place) : result;
    }
    return Object.fromEntries(entries.map(([key, item]) => [key, resolve(item, place)]));
  };

  const toResource = (declaration: Declaration): Resource => {
    const stack = stackOf(declaration.stack);
    const place = { ...stack, ...declaration };
    return {
      ...declaration,
      ...identify(declaration),
      path: stack.paths.get(declaration.logicalId) ?? [declaration.logicalId],
      properties: resolve(declaration.properties, place) as Json,
    };
  };

  return {
    directory,
    ofType: (type) => declarations.filter((each) => each.type === type).map(toResource),
    output: (name) => {
      const stack = stacks.find(({ outputs }) => Object.hasOwn(outputs, name));
      if (stack === undefined) throw new Error(`No stack has the output ${name}`);
      return outputOf(stack, name);
    },
  };
};
