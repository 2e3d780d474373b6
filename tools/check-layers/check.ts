import { builtinModules } from 'node:module';
import type { ImportEdge } from './graph.ts';
import { exceptions, layers, mayImport, packageOwners, pureFolders } from './rules.ts';

/** A broken rule: where, which, and what would be allowed. */
export interface Problem {
  readonly file: string;
  readonly rule: 'layer' | 'door' | 'package-owner' | 'pure' | 'unknown-module' | 'tools' | 'main';
  readonly text: string;
}

const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.endsWith('.test.tsx');

/** The module of a file below `src`: its first folder; `undefined` outside `src`. */
function moduleOf(file: string): string | undefined {
  return /^src\/(?<module>[^/]+)\//.exec(file)?.groups?.['module'];
}

/**
 * The folder whose `index.ts` is the door of a file: the module, or for families of doors (one folder per kind, step,
 * embedded server or provider) the folder of the member.
 */
function roomOf(file: string): string | undefined {
  const match =
    /^src\/(?<room>(?:controllers|steps|embedded|forge)\/[^/]+|api\/(?:meta|structural|v1alpha1|core|argocd)|domain\/(?:admission|expressions|semver)|git\/workdir|wire\/[^/]+|base\/yaml|[^/]+)\//.exec(
      file,
    );
  return match?.groups?.['room'];
}

function isExcepted(edge: ImportEdge): boolean {
  return exceptions.some(
    (exception) =>
      edge.from.startsWith(`src/${exception.from}/`) &&
      edge.target?.startsWith(`src/${exception.to}/`) === true,
  );
}

/** Checks one import statement against every rule. Pure. */
export function checkEdge(edge: ImportEdge): Problem[] {
  if (edge.target === undefined) return checkPackage(edge);
  const problems: Problem[] = [];
  const from = moduleOf(edge.from);
  const to = moduleOf(edge.target);
  if (from !== undefined && !isTest(edge.from) && /^(?:test|tools|bench)\//.test(edge.target)) {
    problems.push({ file: edge.from, rule: 'tools', text: `src may not import ${edge.target}` });
  }
  if (from !== 'main' && to === 'main' && !mayImportMain(edge.from, edge.target)) {
    problems.push({ file: edge.from, rule: 'main', text: `nobody may import main (${edge.target})` });
  }
  if (from === undefined || to === undefined) return problems;
  return [...problems, ...checkLayer(edge, from, to), ...checkDoor(edge)];
}

/** Tests and benches start whole processes; reference pages list main's error codes and settings too. */
function mayImportMain(from: string, target: string): boolean {
  if (from.startsWith('test/') || from.startsWith('bench/')) return true;
  return from.startsWith('tools/') && ['src/main/errors.ts', 'src/main/settings.ts'].includes(target);
}

function checkLayer(edge: ImportEdge, from: string, to: string): Problem[] {
  if (from === to) return [];
  const fromLayer = layers[from];
  const toLayer = layers[to];
  if (fromLayer === undefined || toLayer === undefined) {
    const unknown = fromLayer === undefined ? from : to;
    return [
      { file: edge.from, rule: 'unknown-module', text: `module "${unknown}" has no layer in rules.ts` },
    ];
  }
  const allowed = mayImport[fromLayer] ?? [];
  if (allowed.includes(toLayer) || isExcepted(edge)) return [];
  const text = `${from} (layer ${fromLayer}) imports ${edge.target}; it may import layers ${allowed.join(', ') || 'none'}`;
  return [{ file: edge.from, rule: 'layer', text }];
}

function checkDoor(edge: ImportEdge): Problem[] {
  if (edge.target === undefined) return [];
  const fromRoom = roomOf(edge.from);
  const toRoom = roomOf(edge.target);
  const door = `src/${toRoom}/index.ts`;
  if (fromRoom === toRoom) {
    const usesOwnDoor = edge.target === door && !isTest(edge.from);
    return usesOwnDoor ? [{ file: edge.from, rule: 'door', text: `imports its own door ${door}` }] : [];
  }
  if (
    edge.target === door ||
    edge.from.startsWith('src/main/') ||
    moduleOf(edge.from) === moduleOf(edge.target)
  )
    return [];
  return [{ file: edge.from, rule: 'door', text: `imports ${edge.target} past the door ${door}` }];
}

function checkPackage(edge: ImportEdge): Problem[] {
  if (!edge.from.startsWith('src/') || isTest(edge.from)) return [];
  const name = packageName(edge.specifier);
  const place = edge.from.slice('src/'.length);
  if (edge.specifier.startsWith('node:') || builtinModules.includes(name)) {
    const isPure = pureFolders.some((folder) => place.startsWith(`${folder}/`));
    return isPure
      ? [{ file: edge.from, rule: 'pure', text: `${edge.specifier} in a folder that must stay pure` }]
      : [];
  }
  const owners = packageOwners[name];
  if (owners?.some((owner) => place.startsWith(`${owner}/`) || place === `${owner}.ts`)) return [];
  const text = `package ${name} belongs to ${owners?.join(', ') ?? 'nobody: add an owner in rules.ts'}`;
  return [{ file: edge.from, rule: 'package-owner', text }];
}

function packageName(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
}
