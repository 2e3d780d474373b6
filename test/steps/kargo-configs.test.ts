import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/base/index.ts';
import { stepDefinitions } from '../../src/steps/registry.ts';

const shared = process.env['GANTRY_SHARED'] ?? join(process.cwd(), '..', 'shared');
const file = join(shared, 'reference', 'kargo-step-configs.json');

/** Members that Kargo has not, each on the step's page as such. */
const beyondKargo: Readonly<Record<string, readonly string[]>> = {
  'git-open-pr': ['reviewers', 'assignees', 'draft', 'template', 'closeSuperseded'],
  'git-merge-pr': ['autoMerge'],
};

/** What a schema demands of one value, in the words that both sides use. */
const demands = ['type', 'enum', 'minLength', 'minItems', 'minimum', 'maximum'];

/** Git's steps, and those that go with them; the others have tables of their own. */
const names = stepDefinitions.map(({ name }) => name).filter((name) => /^(?:git-|copy$|yaml-)/.test(name));

describe.skipIf(!existsSync(file))('what Kargo accepts, by its own schemas', () => {
  const schemas: JsonObject = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  test.each(names)('%s', (name) => {
    const kargo = schemas[name];
    if (!isJsonObject(kargo)) throw new Error(`Kargo has no step ${name}`);
    const ours = stepDefinitions.find((definition) => definition.name === name)?.schemas().config;
    expect(outline(ours, beyondKargo[name] ?? [])).toEqual(outline(inlined(kargo, kargo), []));
  });
});

/** With the definitions that are referred to, e.g. "#/definitions/update", in their places. */
function inlined(value: JsonValue | undefined, root: JsonObject): JsonValue {
  if (value === undefined) return {};
  if (Array.isArray(value)) return value.map((item: JsonValue) => inlined(item, root));
  if (!isJsonObject(value)) return value;
  const name = /^#\/(?:definitions|\$defs)\/(?<name>.+)$/.exec(String(value['$ref']))?.groups?.['name'];
  const definitions = root['definitions'] ?? root['$defs'];
  if (name !== undefined && isJsonObject(definitions)) return inlined(definitions[name], root);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inlined(member, root)]));
}

/** Every demand of a schema by its path, without members that are left out. */
function outline(
  schema: JsonValue | undefined,
  leftOut: readonly string[],
  at = '',
): Readonly<Record<string, unknown>> {
  if (!isJsonObject(schema)) return {};
  const { properties, items, required, additionalProperties } = schema;
  const members = Object.entries(isJsonObject(properties) ? properties : {});
  const kept = members.filter(([name]) => !leftOut.includes(name));
  const made: Record<string, unknown> = { ...outline(items, [], `${at}[]`) };
  for (const [name, member] of kept) Object.assign(made, outline(member, [], `${at}.${name}`));
  for (const demand of demands) {
    // The greatest number that JSON keeps is no demand.
    const value = schema[demand] === Number.MAX_SAFE_INTEGER ? undefined : schema[demand];
    if (value !== undefined) made[`${at} ${demand}`] = value;
  }
  if (Array.isArray(required)) made[`${at} required`] = [...required].sort();
  if (additionalProperties === false) made[`${at} is closed`] = true;
  return made;
}

const push = { path: 'src' };
const clone = (checkout: JsonObject, more: JsonObject = {}): JsonObject => ({
  repoURL: 'git@host:a/b.git',
  checkout: [{ path: 'src', ...checkout }],
  ...more,
});
const open = { repoURL: 'https://host/a/b', sourceBranch: 's', targetBranch: 't' };
const wait = { repoURL: 'https://host/a/b', prNumber: 1 };
const author = (email: string): JsonObject => ({ author: { name: 'A', email } });
/** What Kargo's schemas say in ways that an outline does not show: `oneOf`, `format` and `pattern`. */
const verdicts: readonly { readonly step: string; readonly config: JsonObject; readonly isTaken: boolean }[] =
  [
    { step: 'git-push', config: push, isTaken: true },
    {
      step: 'git-push',
      config: { ...push, targetBranch: '', tag: '', generateTargetBranch: false },
      isTaken: true,
    },
    { step: 'git-push', config: { ...push, targetBranch: 'b', tag: '' }, isTaken: true },
    { step: 'git-push', config: { ...push, targetBranch: 'b', tag: 'v1' }, isTaken: false },
    { step: 'git-push', config: { ...push, targetBranch: 'b', generateTargetBranch: true }, isTaken: false },
    { step: 'git-push', config: { ...push, targetBranch: 'b', generateTargetBranch: false }, isTaken: true },
    { step: 'git-push', config: { ...push, tag: 'v1', force: false }, isTaken: true },
    { step: 'git-push', config: { ...push, tag: 'v1', force: true }, isTaken: false },
    { step: 'git-push', config: { ...push, tag: 'v1', generateTargetBranch: true }, isTaken: false },
    { step: 'git-push', config: { ...push, force: true, generateTargetBranch: true }, isTaken: true },
    { step: 'git-push', config: { ...push, maxAttempts: 0 }, isTaken: false },
    { step: 'git-push', config: { ...push, targetBranch: null }, isTaken: false },
    { step: 'git-clone', config: clone({}), isTaken: true },
    { step: 'git-clone', config: clone({ branch: '', commit: 'c', tag: '' }), isTaken: true },
    { step: 'git-clone', config: clone({ branch: 'b', tag: 'v1' }), isTaken: false },
    { step: 'git-clone', config: clone({ commit: 'c', tag: 'v1' }), isTaken: false },
    { step: 'git-clone', config: clone({ sparse: [''] }), isTaken: false },
    { step: 'git-clone', config: clone({ create: true, tag: 'v1' }), isTaken: true },
    { step: 'git-clone', config: clone({ fromFreight: true }), isTaken: false },
    { step: 'git-clone', config: clone({}, author('a@example.com')), isTaken: true },
    { step: 'git-clone', config: clone({}, author('Ann <a@example.com>')), isTaken: true },
    { step: 'git-clone', config: clone({}, author('example.com')), isTaken: false },
    { step: 'git-tag', config: { path: 'src', tag: 'v1' }, isTaken: false },
    { step: 'git-tag', config: { path: 'src', tag: 'v1', message: 'm', other: 1 }, isTaken: true },
    { step: 'git-open-pr', config: open, isTaken: true },
    { step: 'git-open-pr', config: { ...open, createTargetBranch: true }, isTaken: true },
    { step: 'git-open-pr', config: { ...open, repoURL: 'git@host:a/b' }, isTaken: false },
    { step: 'git-open-pr', config: { ...open, repoURL: 'ssh://git@host/a/b' }, isTaken: true },
    { step: 'git-open-pr', config: { ...open, repoURL: 'https:\\\\host\\a' }, isTaken: false },
    { step: 'git-open-pr', config: { ...open, title: '' }, isTaken: false },
    { step: 'git-wait-for-pr', config: { ...wait, pollInterval: '1m30s' }, isTaken: true },
    { step: 'git-wait-for-pr', config: { ...wait, pollInterval: 'soon' }, isTaken: false },
    { step: 'git-wait-for-pr', config: { ...wait, prNumber: '1' }, isTaken: false },
    { step: 'git-wait-for-pr', config: { ...wait, prNumber: 1.5 }, isTaken: false },
    { step: 'git-merge-pr', config: { ...wait, wait: true, mergeMethod: 'squash' }, isTaken: true },
    { step: 'git-merge-pr', config: { ...wait, mergeMethod: '' }, isTaken: false },
  ];
test.each(verdicts)('$step takes $config as Kargo does: $isTaken', ({ step, config, isTaken }) => {
  const definition = stepDefinitions.find(({ name }) => name === step);
  expect(definition?.prepare(config).ok).toBe(isTaken);
});
