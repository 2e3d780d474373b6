import type { Rule } from './attributes.ts';

/** A rule in pieces of one verb on one resource, or one path. */
export function singleRules(rule: Rule): readonly Rule[] {
  const none = { groups: [], resources: [], names: [], paths: [] };
  const onPaths = rule.paths.flatMap((path) =>
    rule.verbs.map((verb) => ({ ...none, verbs: [verb], paths: [path] })),
  );
  const names: readonly (readonly string[])[] =
    rule.names.length === 0 ? [[]] : rule.names.map((name) => [name]);
  const onResources = rule.groups.flatMap((group) =>
    rule.resources.flatMap((resource) =>
      rule.verbs.flatMap((verb) =>
        names.map((one) => ({ ...none, verbs: [verb], groups: [group], resources: [resource], names: one })),
      ),
    ),
  );
  return [...onPaths, ...onResources];
}

const includes = (list: readonly string[], value: string): boolean =>
  list.includes('*') || list.includes(value);

/** Does a rule allow everything that a single rule allows? */
export function coversRule(rule: Rule, single: Rule): boolean {
  const covers = (own: readonly string[], other: readonly string[]): boolean =>
    other.every((value) => includes(own, value));
  if (!covers(rule.verbs, single.verbs)) return false;
  if (single.paths.length > 0) return single.paths.every((path) => coversPath(rule.paths, path));
  if (!covers(rule.groups, single.groups)) return false;
  if (!single.resources.every((resource) => coversResource(rule.resources, resource))) return false;
  if (single.names.length === 0) return rule.names.length === 0;
  return rule.names.length === 0 || single.names.every((name) => rule.names.includes(name));
}

function coversResource(resources: readonly string[], resource: string): boolean {
  const subresource = resource.split('/')[1];
  return (
    includes(resources, resource) || (subresource !== undefined && resources.includes(`*/${subresource}`))
  );
}

function coversPath(paths: readonly string[], path: string): boolean {
  return paths.some((own) =>
    own.endsWith('*') ? path.startsWith(own.slice(0, -1)) || own === path : own === path,
  );
}

/** A rule as refusals name it: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function showRule(rule: Rule): string {
  const parts = [
    ['APIGroups', rule.groups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.names],
    ['NonResourceURLs', rule.paths],
    ['Verbs', rule.verbs],
  ] as const;
  const shown = parts
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}:[${values.map((value) => JSON.stringify(value)).join(' ')}]`);
  return `{${shown.join(', ')}}`;
}
