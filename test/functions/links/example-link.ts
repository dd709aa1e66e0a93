import type { Link } from '../../../functions/links/link.ts';
import { toLinkId } from '../../../functions/links/link-key.ts';

export const exampleTime = Date.UTC(2026, 0, 1);

/** A link as the store keeps it; its id follows its code. */
export const exampleLink = (members: Partial<Link> = {}): Link => {
  const key = { domain: members.domain ?? '_', code: members.code ?? 'spring' };
  return {
    id: toLinkId(key),
    ...key,
    url: 'https://example.org/',
    status: 302,
    state: 'active',
    workspace: 'acme',
    owner: 'key:k1',
    createdAt: exampleTime,
    tags: [],
    version: 1,
    ...members,
  };
};
