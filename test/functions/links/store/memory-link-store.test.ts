import { memoryLinkStore } from '../../../../functions/links/store/memory-link-store.ts';
import { linkStoreContract } from './link-store.contract.ts';

linkStoreContract('memoryLinkStore', async () => memoryLinkStore());
