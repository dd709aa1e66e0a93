import type { Clock } from '../kernel/clock.ts';
import { createDocumentClient } from '../platform/dynamo.ts';
import type { Link } from './link.ts';
import { findLink } from './manage/find-link.ts';
import { dynamoSlotMap } from './shards/dynamo-slot-map.ts';
import { dynamoLinkStore } from './store/dynamo-link-store.ts';

export type { Link } from './link.ts';

/** Tells other slices whose a link is. */
export interface LinkFinder {
  /** The workspace's link; undefined for another's, a deleted or an unknown one. */
  findOwned(workspace: string, id: string): Promise<Link | undefined>;
}

export const createLinkFinder = (options: {
  readonly linkTables: readonly string[];
  readonly controlTable: string;
  readonly clock: Clock;
}): LinkFinder => {
  const client = createDocumentClient();
  const store = dynamoLinkStore(client, dynamoSlotMap({ client, ...options }));
  return {
    findOwned: async (workspace, id) =>
      findLink({ read: store.get, clock: options.clock }, { workspace, id }),
  };
};
