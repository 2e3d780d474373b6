import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { toCustomResourceDefinition } from '../../src/api/structural/index.ts';
import { kargoKinds } from '../../src/api/v1alpha1/index.ts';
import { listSources } from '../check-layers/graph.ts';
import { catalogues } from './catalogues.ts';
import { renderDefinition } from './crds.ts';
import { generateAll } from './outputs.ts';

const root = process.cwd();

test('lists every errors.ts that declares codes', () => {
  const declaring = listSources(root, 'src').filter(
    (file) =>
      file.endsWith('/errors.ts') &&
      file !== 'src/base/errors.ts' &&
      readFileSync(join(root, file), 'utf8').includes('defineErrors('),
  );
  expect(catalogues.map((catalogue) => catalogue.file).sort()).toEqual([...declaring].sort());
});

test('gives each code to one module', () => {
  const codes = catalogues.flatMap((catalogue) => Object.keys(catalogue.entries));
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  expect(codes.filter((code) => !/^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/.test(code))).toEqual([]);
});

test.each(kargoKinds.map((kind) => ({ kind, name: kind.kind })))(
  'writes YAML that reads back as $name',
  ({ kind }) => {
    const definition: unknown = JSON.parse(JSON.stringify(toCustomResourceDefinition(kind)));
    expect(parse(renderDefinition(kind), { version: '1.1' })).toEqual(definition);
    expect(parse(renderDefinition(kind))).toEqual(definition);
  },
);

test('finds the generated files as the sources say', () => {
  const stale = [...generateAll()].filter(([path, content]) => {
    const file = join(root, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== content;
  });
  expect(stale.map(([path]) => path)).toEqual([]);
});
