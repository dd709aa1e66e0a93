import { readTables } from '../dynamodb.ts';
import { readHttpApi } from '../http-api.ts';
import { createAuthorizer } from '../iam.ts';
import { readFunctions } from '../lambda.ts';
import type { Assembly } from '../template.ts';
import { readEventSources, readQueues } from './messaging.ts';

/**
 * All that the template asks for but its edge, read before anything starts.
 * @throws UnsupportedError for what the local cloud does not do
 */
export const readPlan = (assembly: Assembly) => {
  const functions = readFunctions(assembly);
  const roles = functions.map(({ roleArn }) => roleArn);
  const authorize = createAuthorizer(assembly, roles);
  return {
    functions,
    authorize,
    tables: readTables(assembly),
    queues: readQueues(assembly),
    mappings: readEventSources(assembly, functions, authorize),
    apiSpec: readHttpApi(assembly),
  };
};
