import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { type KindDefinition, toCustomResourceDefinition } from '../structural/index.ts';
import { kargoKinds } from './index.ts';

const shared = process.env['GANTRY_SHARED'] ?? join(process.cwd(), '..', 'shared');
const file = join(shared, 'reference', 'kargo-crds.json');

/** Deliberate differences, by path ("Kind.spec.field:keyword"), each with its reason. */
const differences: Readonly<Record<string, string>> = {};

/** Keywords that carry words, not rules. */
const words: readonly string[] = ['description', 'title'];

test.skipIf(existsSync(file))('parity with the reference shapes is skipped: reference not found', () => {
  expect(existsSync(file)).toBe(false);
});

describe.runIf(existsSync(file))('parity with the reference shapes', () => {
  const reference = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JsonObject) : {};

  test('covers every kind', () => {
    expect(kargoKinds.map((kind) => kind.kind).sort()).toEqual(Object.keys(reference).sort());
  });

  test.each(kargoKinds.map((kind) => ({ kind, name: kind.kind })))('$name', ({ kind, name }) => {
    const found = compare(kind, reference[name] ?? null);
    expect(found.filter(({ path }) => differences[path] === undefined)).toEqual([]);
  });

  test('lists no difference that is none', () => {
    const found = kargoKinds.flatMap((kind) => compare(kind, reference[kind.kind] ?? null));
    const paths = found.map(({ path }) => path);
    expect(Object.keys(differences).filter((path) => !paths.includes(path))).toEqual([]);
  });
});

interface Difference {
  readonly path: string;
  readonly theirs: string | undefined;
  readonly ours: string | undefined;
}

function compare(kind: KindDefinition, reference: JsonValue): readonly Difference[] {
  const theirs = flatten(reference, kind.kind);
  const ours = flatten(summarize(toCustomResourceDefinition(kind)), kind.kind);
  const paths = [...new Set([...theirs.keys(), ...ours.keys()])].sort();
  return paths
    .map((path) => ({ path, theirs: theirs.get(path), ours: ours.get(path) }))
    .filter((item) => item.theirs !== item.ours);
}

/** Our definition in the shape of the reference file. */
function summarize(definition: ReturnType<typeof toCustomResourceDefinition>): JsonValue {
  const { group, names, scope, versions } = JSON.parse(JSON.stringify(definition.spec)) as {
    group: string;
    names: JsonObject;
    scope: string;
    versions: JsonObject[];
  };
  const [version = {}] = versions;
  const { schema, name, ...rest } = version;
  const open = isJsonObject(schema) ? (schema['openAPIV3Schema'] ?? null) : null;
  return { ...rest, group, names, scope, version: name ?? null, schema: open };
}

/** Every leaf by its path, so that a difference names its place. Lists of names compare without order. */
function flatten(value: JsonValue, at: string, into = new Map<string, string>()): Map<string, string> {
  if (!isJsonObject(value)) {
    into.set(at, canonical(value));
    return into;
  }
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    const isProperty = at.endsWith(':properties');
    if (!isProperty && words.includes(key)) continue;
    if (key === 'required' && Array.isArray(member))
      into.set(`${at}:required`, JSON.stringify([...member].sort()));
    else if (key === 'x-kubernetes-validations' && Array.isArray(member))
      into.set(
        `${at}:rules`,
        JSON.stringify(member.map((rule) => (isJsonObject(rule) ? rule['rule'] : rule))),
      );
    else flatten(member, isProperty ? `${at}.${key}` : `${at}:${key}`, into);
  }
  if (Object.keys(value).length === 0) into.set(at, '{}');
  return into;
}

/** JSON with members in order. */
function canonical(value: JsonValue): string {
  return JSON.stringify(value, (_, member: unknown) =>
    isJsonObject(member) ? Object.fromEntries(Object.entries(member).sort()) : member,
  );
}
