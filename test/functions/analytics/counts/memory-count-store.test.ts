import { memoryCountStore } from '../../../../functions/analytics/counts/memory-count-store.ts';
import { countStoreContract } from './count-store.contract.ts';

countStoreContract('memoryCountStore', async () => memoryCountStore());
