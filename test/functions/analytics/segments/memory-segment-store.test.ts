import { memorySegmentStore } from '../../../../functions/analytics/segments/memory-segment-store.ts';
import { segmentStoreContract } from './segment-store.contract.ts';

segmentStoreContract('memorySegmentStore', async () => memorySegmentStore());
