import { memoryLedgerStore } from '../../../../functions/analytics/counts/memory-ledger-store.ts';
import { ledgerStoreContract } from './ledger-store.contract.ts';

ledgerStoreContract('memoryLedgerStore', async () => memoryLedgerStore());
