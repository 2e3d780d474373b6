import { builtinResources } from './builtin/resources.ts';
import type { Resource } from './resource.ts';

/** Everything that is served right now. */
export interface Catalog {
  all(): readonly Resource[];
  find(group: string, version: string, plural: string): Resource | undefined;
  /** The resource of a kind; any version when the given one is not served. */
  findKind(group: string, version: string, kind: string): Resource | undefined;
  /** The resource that a collection of the store is served as, its stored version first. */
  findStorage(storage: string): Resource | undefined;
  /** Replaces what one CustomResourceDefinition serves. */
  setCustom(definition: string, resources: readonly Resource[]): void;
  /** Grows with every change. */
  generation(): number;
}

/** A catalog with the built-in resources. */
export function createCatalog(): Catalog {
  const custom = new Map<string, readonly Resource[]>();
  let all = [...builtinResources];
  let generation = 1;
  return {
    all: () => all,
    find: (group, version, plural) =>
      all.find((r) => r.plural === plural && r.version === version && r.group === group),
    findKind: (group, version, kind) =>
      all.find((r) => r.kind === kind && r.version === version && r.group === group) ??
      all.find((r) => r.kind === kind && r.group === group),
    findStorage: (storage) => all.find((r) => r.storage === storage),
    setCustom(definition, resources) {
      if (resources.length === 0) custom.delete(definition);
      else custom.set(definition, resources);
      const names = [...custom.keys()].sort();
      all = [...builtinResources, ...names.flatMap((name) => custom.get(name) ?? [])];
      generation += 1;
    },
    generation: () => generation,
  };
}

/** The groups in the order of discovery, each with its versions, the preferred one first. */
export function listGroups(
  resources: readonly Resource[],
): readonly { readonly group: string; readonly versions: readonly string[] }[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, version } of resources) {
    const versions = groups.get(group) ?? new Set<string>();
    groups.set(group, versions.add(version));
  }
  return [...groups].map(([group, versions]) => ({ group, versions: [...versions].sort(compareVersions) }));
}

// "v1", "v1beta2", "v2alpha1"
const kubeVersion = /^v(?<major>\d+)(?:(?<stage>alpha|beta)(?<minor>\d+))?$/;

/** Orders versions as Kubernetes prefers them: v2, v1, v1beta1, v1alpha1, others by name. */
export function compareVersions(a: string, b: string): number {
  const left = versionRank(a);
  const right = versionRank(b);
  if (left === undefined || right === undefined) {
    if (left !== right) return left === undefined ? 1 : -1;
    return a < b ? -1 : 1;
  }
  for (const [index, value] of left.entries()) {
    const difference = (right[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionRank(version: string): readonly number[] | undefined {
  const found = kubeVersion.exec(version)?.groups;
  if (found === undefined) return undefined;
  const stage = found['stage'] === undefined ? 2 : found['stage'] === 'beta' ? 1 : 0;
  return [stage, Number(found['major']), Number(found['minor'] ?? 0)];
}
