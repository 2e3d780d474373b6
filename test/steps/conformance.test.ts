import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../src/base/index.ts';
import { stepDefinitions } from '../../src/steps/registry.ts';
import { catalogues } from '../../tools/gen/catalogues.ts';
import { attempt } from '../support/step-attempt.ts';
import { hasFile, listStepFolders, readDocumentedCodes, readExamples, readNamedCodes } from './documents.ts';
import { hangingPorts } from './hanging-ports.ts';

const knownCodes = new Set(catalogues.flatMap((catalogue) => Object.keys(catalogue.entries)));
const modules = [...new Set([...knownCodes].map((code) => code.split('.')[0] ?? ''))];

test('the registry lists exactly the folders on disk, sorted', () => {
  expect(stepDefinitions.map((definition) => definition.name)).toEqual(listStepFolders());
});

describe.each(stepDefinitions.map((definition) => ({ name: definition.name, definition })))(
  '$name',
  ({ name, definition }) => {
    test('has every file', () => {
      const files = ['index.ts', 'schema.ts', 'run.ts', 'doc.md', 'run.test.ts'];
      expect(files.filter((file) => !hasFile(name, file))).toEqual([]);
    });

    test('describes every field', () => {
      const { config, output } = definition.schemas();
      expect(config['type']).toBe('object');
      expect([...undescribed(config, 'config'), ...undescribed(output ?? {}, 'output')]).toEqual([]);
    });

    test('lets people say how often it looks, if it waits', () => {
      const properties = definition.schemas().config['properties'];
      const isConfigurable = isJsonObject(properties) && properties['pollInterval'] !== undefined;
      expect(isConfigurable).toBe(definition.effect === 'wait');
    });

    test('has examples that its schema accepts', () => {
      const examples = readExamples(name);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        if (!isJsonObject(example)) throw new Error('an example is no object');
        expect(example['uses']).toBe(name);
        const config = evaluated(example['config'], '') as JsonObject;
        expect(definition.prepare(config)).toMatchObject({ ok: true });
      }
    });

    test('ends when it is aborted, whatever a port is busy with', async () => {
      const example = readExamples(name)[0];
      const config = isJsonObject(example) ? (evaluated(example['config'], '') as JsonObject) : {};
      const abort = new AbortController();
      const attempted = attempt(definition, config, { ports: hangingPorts(), signal: abort.signal });
      const ended = attempted.then(
        () => 'ended',
        () => 'ended',
      );
      abort.abort();
      expect(await ended).toBe('ended');
    });

    test('documents codes that exist, and all that it names', () => {
      const documented = readDocumentedCodes(name);
      expect(documented.filter((code) => !knownCodes.has(code))).toEqual([]);
      expect(readNamedCodes(name, modules).filter((code) => !documented.includes(code))).toEqual([]);
    });
  },
);

/** Paths of the fields without a description. Members of lists and maps are described by their list or map. */
function undescribed(schema: unknown, path: string): readonly string[] {
  if (!isJsonObject(schema)) return [];
  const properties = Object.entries(isJsonObject(schema['properties']) ? schema['properties'] : {});
  const missing = properties
    .filter(([, member]) => isJsonObject(member) && member['description'] === undefined)
    .map(([name]) => `${path}.${name}`);
  return [
    ...missing,
    ...properties.flatMap(([name, member]) => undescribed(member, `${path}.${name}`)),
    ...undescribed(schema['items'], `${path}[]`),
    ...undescribed(schema['additionalProperties'], `${path}.<name>`),
  ];
}

const numbers: ReadonlySet<string> = new Set(['prNumber']);

/** An example with a stand-in for the result of each expression. */
function evaluated(value: unknown, name: string): unknown {
  if (typeof value === 'string') {
    if (!value.includes('${{')) return value;
    return numbers.has(name) ? 1 : value.replaceAll(/\$\{\{.*?\}\}/gs, 'text');
  }
  if (Array.isArray(value)) return value.map((item) => evaluated(item, name));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluated(item, key)]));
}
