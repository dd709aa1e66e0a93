import { memoryKeyStore } from '../../../functions/identity/memory-key-store.ts';
import { keyStoreContract } from './key-store.contract.ts';

keyStoreContract('memoryKeyStore', async () => memoryKeyStore());
