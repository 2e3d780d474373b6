import { listDuplicateKeys } from '../../../base/yaml/index.ts';

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

/** What a strict decoder says of members that a JSON text has twice. */
export function jsonDuplicates(text: string, prefix = ''): readonly string[] {
  return findDuplicates(text).map((path) => `${prefix}duplicate field "${path}"`);
}

const yamlPrefix = 'yaml: unmarshal errors:';

/** What a strict decoder says of keys that a YAML text has twice: one problem with a line for each. */
export function yamlDuplicates(text: string): readonly string[] {
  // Most of what is applied is JSON, which is looked through faster.
  if (isJson(text) && findDuplicates(text).length === 0) return [];
  const found = listDuplicateKeys(text);
  if (found.length === 0) return [];
  const lines = found.map(({ key, line }) => `  line ${line}: key ${JSON.stringify(key)} already set in map`);
  return [[yamlPrefix, ...lines].join('\n')];
}

/** The warnings that a problem of a strict decoder becomes. */
export function toWarnings(problem: string): readonly string[] {
  if (!problem.startsWith(yamlPrefix)) return [problem];
  return problem
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
