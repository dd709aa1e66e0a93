import { existsSync, readFileSync } from 'node:fs';

export const outputsPath = (stage: string): string => `.hopgate/outputs-${stage}.json`;

/**
 * One output of a deployed stack, from the file that `npm run deploy` leaves.
 * @throws Error that says how to get the file
 */
export const readOutput = (stage: string, stack: string, name: string): string => {
  const path = outputsPath(stage);
  if (!existsSync(path)) {
    throw new Error(
      `${path} is not there: run "npm run deploy -- --stage ${stage}" first, or pass --table.`,
    );
  }
  const outputs = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, string>>;
  const value = outputs[`Hopgate-${stage}-${stack}`]?.[name];
  if (value === undefined)
    throw new Error(`${path} has no output ${name} of Hopgate-${stage}-${stack}.`);
  return value;
};
