import type { IndexRow, LinkIndex } from './link-index.ts';

/** An index in this process's memory, for tests. */
export const memoryLinkIndex = (): LinkIndex => {
  const rows = new Map<string, IndexRow>();
  return {
    apply: async (row) => {
      const name = JSON.stringify([row.partition, row.position]);
      if ((rows.get(name)?.rank ?? 0) < row.rank) rows.set(name, row);
    },
    page: async ({ partition, after, limit, state }) => {
      const found = [...rows.values()]
        .filter((row) => row.partition === partition)
        .filter(({ position }) => after === undefined || position < after)
        .filter(({ link }) => link && (state === undefined || link.state === state))
        .sort((a, b) => (a.position < b.position ? 1 : -1));
      const next = found.length > limit ? found[limit - 1]?.position : undefined;
      return {
        links: found.slice(0, limit).flatMap(({ link }) => link ?? []),
        ...(next !== undefined && { next }),
      };
    },
  };
};
