import { type Node, parse } from 'acorn';

/** The name under which instrumented code counts its steps. */
export const stepName = '$step$';

type Tree = Node & Record<string, unknown>;

const isNode = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && 'type' in value && 'start' in value;

const isLoop = (type: string): boolean => /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(type);
const isFunction = (type: string): boolean =>
  /^(Arrow)?Function(Expression|Declaration)$/.test(type);

/**
 * Counts a step at each turn of a loop and each call of a function. A timeout of node:vm would do
 * too, but it starts a thread for every run (0.2 ms, as much as all else that the edge does here),
 * and what it allows depends on how busy the machine is.
 */
export const countSteps = (code: string): string => {
  const inserts: { at: number; text: string }[] = [];
  const visit = (node: Tree): void => {
    const body = node.body;
    const isCounted = isNode(body) && (isLoop(node.type) || isFunction(node.type));
    let closing: string | undefined;
    if (isCounted && body.type === 'BlockStatement') {
      inserts.push({ at: body.start + 1, text: `${stepName}();` });
    } else if (isCounted) {
      const isArrow = node.type === 'ArrowFunctionExpression';
      inserts.push({ at: body.start, text: isArrow ? `(${stepName}(),` : `{${stepName}();` });
      closing = isArrow ? ')' : '}';
    }
    for (const child of Object.values(node).flat()) if (isNode(child)) visit(child);
    // Behind its children's: of two that end at one place the inner one closes first.
    if (closing !== undefined && isNode(body)) inserts.push({ at: body.end, text: closing });
  };
  visit(parse(code, { ecmaVersion: 2021, sourceType: 'script' }) as Node as Tree);
  inserts.sort((a, b) => a.at - b.at);
  let counted = '';
  let from = 0;
  for (const { at, text } of inserts) {
    counted += code.slice(from, at) + text;
    from = at;
  }
  return counted + code.slice(from);
};
