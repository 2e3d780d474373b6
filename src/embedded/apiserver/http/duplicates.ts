interface Container {
  readonly path: string;
  /** The names seen so far; `undefined` for arrays. */
  readonly names: Set<string> | undefined;
  /** The name that the next value belongs to. */
  name: string | undefined;
  index: number;
}

// A string, a bracket, a colon, a comma, or a literal
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/gs;

/** The paths of members that an object of a valid JSON text has more than once, e.g. "spec.size". */
export function findDuplicates(text: string): readonly string[] {
  const duplicates = new Set<string>();
  const stack: Container[] = [];
  for (const [part] of text.matchAll(token)) {
    const top = stack.at(-1);
    if (part === '{' || part === '[') {
      stack.push({
        path: pathOf(top),
        names: part === '{' ? new Set() : undefined,
        name: undefined,
        index: 0,
      });
    } else if (part === '}' || part === ']') stack.pop();
    else if (part === ',' && top !== undefined) {
      top.index += 1;
      top.name = undefined;
    } else if (part.startsWith('"') && top?.names !== undefined && top.name === undefined) {
      top.name = JSON.parse(part) as string;
      if (top.names.has(top.name)) duplicates.add(pathOf(top));
      top.names.add(top.name);
    }
  }
  return [...duplicates];
}

/** Where the value that comes next in a container stands. */
function pathOf(container: Container | undefined): string {
  if (container === undefined) return '';
  if (container.names === undefined) return `${container.path}[${container.index}]`;
  return container.path === '' ? (container.name ?? '') : `${container.path}.${container.name ?? ''}`;
}
