import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/** One import statement: who imports, and what text stands in the statement. */
export interface ImportEdge {
  /** Path of the importing file, relative to the root, with slashes. */
  readonly from: string;
  /** The specifier as written. */
  readonly specifier: string;
  /** Path of the imported file relative to the root; `undefined` for packages. */
  readonly target: string | undefined;
  readonly isTypeOnly: boolean;
}

/** All TypeScript files below a folder, relative to the root, sorted. */
export function listSources(root: string, folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) found.push(...listSources(root, path));
    else if (/\.tsx?$/.test(entry.name)) found.push(path);
  }
  return found.sort();
}

/** Every static import, re-export and literal dynamic import of one file. */
export function readImports(root: string, file: string): ImportEdge[] {
  return parseImports(root, file, readFileSync(join(root, file), 'utf8'));
}

/** Like `readImports`, for a text that need not be on disk. */
export function parseImports(root: string, file: string, text: string): ImportEdge[] {
  const { module } = parseSync(file, text);
  const edges: ImportEdge[] = [];
  const add = (specifier: string, isTypeOnly: boolean): void => {
    edges.push({ from: file, specifier, target: resolveTarget(root, file, specifier), isTypeOnly });
  };
  for (const statement of module.staticImports) {
    const isTypeOnly = statement.entries.length > 0 && statement.entries.every((entry) => entry.isType);
    add(statement.moduleRequest.value, isTypeOnly);
  }
  for (const statement of module.staticExports) {
    const request = statement.entries.find((entry) => entry.moduleRequest)?.moduleRequest;
    if (request)
      add(
        request.value,
        statement.entries.every((entry) => entry.isType),
      );
  }
  for (const dynamic of module.dynamicImports) {
    const literal = /^['"](?<path>.+)['"]$/.exec(
      text.slice(dynamic.moduleRequest.start, dynamic.moduleRequest.end),
    );
    if (literal?.groups?.['path'] !== undefined) add(literal.groups['path'], false);
  }
  return edges;
}

function resolveTarget(root: string, file: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return relative(root, resolve(root, dirname(file), specifier)).replaceAll('\\', '/');
}

/**
 * Cycles of value imports, each as the list of its files.
 *
 * Guarantees: linear in files and edges (Tarjan's strongly connected components); type-only imports do not count.
 */
export function findCycles(edges: readonly ImportEdge[]): string[][] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.target === undefined || edge.isTypeOnly) continue;
    next.set(edge.from, [...(next.get(edge.from) ?? []), edge.target]);
  }
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const cycles: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) ?? 0);
    stack.push(node);
    onStack.add(node);
    for (const target of next.get(node) ?? []) {
      if (!index.has(target)) {
        visit(target);
        low.set(node, Math.min(low.get(node) ?? 0, low.get(target) ?? 0));
      } else if (onStack.has(target)) {
        low.set(node, Math.min(low.get(node) ?? 0, index.get(target) ?? 0));
      }
    }
    if (low.get(node) !== index.get(node)) return;
    const component: string[] = [];
    for (;;) {
      const member = stack.pop();
      if (member === undefined) break;
      onStack.delete(member);
      component.push(member);
      if (member === node) break;
    }
    if (component.length > 1 || next.get(node)?.includes(node)) cycles.push(component.sort());
  };
  for (const node of next.keys()) if (!index.has(node)) visit(node);
  return cycles;
}
