import { posix } from 'node:path';

export interface Import {
  readonly from: string;
  /** A path from the root for our own files, else the package's specifier. */
  readonly to: string;
  readonly typeOnly: boolean;
}

export interface Violation extends Import {
  readonly rule: string;
}

interface Rule {
  readonly name: string;
  readonly broken: (edge: Import) => boolean;
}

const slices = ['links', 'limiter', 'analytics', 'identity', 'health', 'limits'];
const openSlices = ['links', 'limiter', 'identity'];

const sliceOf = (path: string): string | undefined => {
  const [top, folder] = path.split('/');
  return top === 'functions' && folder !== undefined && slices.includes(folder)
    ? folder
    : undefined;
};

const within = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const [inFunctions, inLib, inBin, inKernel, inEdge, inPlatform, inEvents] = [
  'functions',
  'lib',
  'bin',
  'functions/kernel',
  'functions/edge',
  'functions/platform',
  'functions/events',
].map(within) as [Test, Test, Test, Test, Test, Test, Test];
type Test = (path: string) => boolean;

const isOurs = (path: string): boolean =>
  /^(?:bin|lib|functions|local|scripts|bench|test)\//.test(path);
const isAwsSdk = (path: string): boolean => /^@(?:aws-sdk|smithy)\//.test(path);
const isAdapter = (path: string): boolean => /\/(?:dynamo|redis|sqs|aws)-[^/]*\.ts$/.test(path);
const isEntry = (path: string): boolean =>
  /(?:\.handler|\/index)\.ts$|\/limiter\/entry\//.test(path);
/** Pure, and run at synth, so that a bad policy stops a deployment instead of limiting nobody. */
const isConstructContract = (path: string): boolean =>
  path === 'functions/limiter/entry/construct-contract.ts';

/** The house's directions, each on one edge of the import graph. */
const rules: readonly Rule[] = [
  {
    name: 'bin imports lib and the CDK only',
    broken: ({ from, to }) => inBin(from) && isOurs(to) && !inLib(to) && !inBin(to),
  },
  {
    name: "lib names handlers by path; of functions it imports types of an env.ts and the limiter's construct contract only",
    broken: ({ from, to, typeOnly }) =>
      inLib(from) &&
      isOurs(to) &&
      !inLib(to) &&
      !isConstructContract(to) &&
      !(typeOnly && /^functions\/.*\/env\.ts$/.test(to)),
  },
  {
    name: 'functions never see the infrastructure, the local cloud or tests',
    broken: ({ from, to }) =>
      inFunctions(from) &&
      ((isOurs(to) && !inFunctions(to)) || /^(?:aws-cdk-lib|constructs|cdk-nag)(?:\/|$)/.test(to)),
  },
  {
    name: 'kernel imports nothing of ours',
    broken: ({ from, to }) => inKernel(from) && isOurs(to) && !inKernel(to),
  },
  {
    name: 'edge is pure: edge and kernel only, no packages',
    broken: ({ from, to }) => inEdge(from) && !inEdge(to) && !inKernel(to),
  },
  {
    name: 'platform and events know no slice',
    broken: ({ from, to }) => (inPlatform(from) || inEvents(from)) && sliceOf(to) !== undefined,
  },
  {
    name: 'the AWS SDK is imported in adapters, events and platform only',
    broken: ({ from, to, typeOnly }) =>
      inFunctions(from) &&
      isAwsSdk(to) &&
      !typeOnly &&
      !(isAdapter(from) || inPlatform(from) || inEvents(from)),
  },
  {
    name: 'a slice enters another through its index.ts (or the types of its env.ts), and only identity, limiter and links',
    broken: ({ from, to }) => {
      const target = sliceOf(to);
      if (target === undefined || !inFunctions(from) || sliceOf(from) === target) return false;
      if (to === `functions/${target}/env.ts`) return false;
      return to !== `functions/${target}/index.ts` || !openSlices.includes(target);
    },
  },
  {
    name: 'only a handler, an index or an adapter imports an adapter',
    broken: ({ from, to, typeOnly }) =>
      sliceOf(from) !== undefined &&
      isAdapter(to) &&
      !typeOnly &&
      !isEntry(from) &&
      !isAdapter(from),
  },
  {
    name: 'adapters do not import use cases or handlers',
    broken: ({ from, to }) => isAdapter(from) && isOurs(to) && /\.handler\.ts$/.test(to),
  },
];

const importPattern =
  /^(?:import|export)\s+(type\s+)?(?:[\w*{][^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** The imports of one file; `export * from` is among them with `to` starting with `*`. */
export const importsOf = (from: string, source: string): Import[] =>
  [...source.matchAll(importPattern)].map(([, type, target, dynamic]) => {
    const specifier = target ?? dynamic ?? '';
    return {
      from,
      to: specifier.startsWith('.')
        ? posix.normalize(posix.join(posix.dirname(from), specifier))
        : specifier,
      typeOnly: type !== undefined,
    };
  });

export const findViolations = (files: ReadonlyMap<string, string>): Violation[] =>
  [...files].flatMap(([from, source]) =>
    importsOf(from, source).flatMap((edge) =>
      rules.filter(({ broken }) => broken(edge)).map(({ name }) => ({ ...edge, rule: name })),
    ),
  );
