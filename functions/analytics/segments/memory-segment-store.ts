import { type Segment, touchesHead, touchesTail } from './segment.ts';
import type { ClickSegmentStore, MinuteKey } from './segment-store.ts';

/** `onAppend` is the stream: it hears of a segment in the moment that it is stored. */
export const memorySegmentStore = (
  onAppend: (segment: Segment) => void = () => {},
): ClickSegmentStore & { readonly all: readonly Segment[] } => {
  const all: Segment[] = [];
  const of = ({ workspace, minute }: MinuteKey): Segment[] =>
    all.filter((each) => each.minute === minute && each.workspace === workspace);
  return {
    all,
    append: async (segment) => {
      all.push(segment);
      onAppend(segment);
    },
    read: async (key) => of(key),
    readEdge: async (key, edge) => of(key).filter(edge === 'head' ? touchesHead : touchesTail),
  };
};
