import type { ManagePorts } from '../manage/manage-ports.ts';
import type { PolicyRecord } from '../policy-record.ts';
import { limitFault } from './limit-faults.ts';

/** A policy as it is now, whatever this process remembers. @throws AppError `not-found` */
export const currentPolicy = async (
  { store }: ManagePorts,
  workspace: string,
  name: string,
): Promise<PolicyRecord> => {
  const policy = await store.find(workspace, name, { consistent: true });
  if (policy === undefined) throw limitFault('not-found', name);
  return policy;
};
