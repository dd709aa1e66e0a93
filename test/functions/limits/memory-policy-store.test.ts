import { createMemoryPolicyStore } from '../../../functions/limits/memory-policy-store.ts';
import { policyStoreContract } from './policy-store.contract.ts';

policyStoreContract('createMemoryPolicyStore', async (most) => createMemoryPolicyStore(most));
