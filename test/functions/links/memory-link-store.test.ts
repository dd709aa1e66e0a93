import { memoryLinkStore } from '../../../functions/links/memory-link-store.ts';
import { linkStoreContract } from './link-store.contract.ts';

linkStoreContract('memoryLinkStore', async () => memoryLinkStore());
