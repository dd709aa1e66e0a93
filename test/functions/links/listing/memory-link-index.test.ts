import { memoryLinkIndex } from '../../../../functions/links/listing/memory-link-index.ts';
import { linkIndexContract } from './link-index.contract.ts';

linkIndexContract('memoryLinkIndex', async () => memoryLinkIndex());
