import { expect, test } from 'vitest';
import { createTestExpressions } from '../../../test/support/engine-world.ts';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import { stepDefinitions } from '../registry.ts';
import { hintPaths, pathTexts } from './hints.ts';

const scope = { outputs: { before: { path: 'known' } }, journal: {}, records: [] };

test('the texts of paths are found at any depth, and nothing else', () => {
  const config = {
    path: 'a',
    inPath: 'b',
    paths: ['c', 'd'],
    valuesFiles: ['e'],
    checkout: [{ path: 'f', branch: 'main' }],
    updates: [{ key: 'image.tag', value: 'x' }],
    message: 'no path',
    pathsAreGlobs: true,
  };
  expect(pathTexts(config)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('hints are what can be known without reading anything', () => {
  const expected: string[] = [];
  const workdir = { ...createWorkdir(), expect: (paths: readonly string[]) => expected.push(...paths) };
  const step = (path: string, vars: { name: string; value: string }[] = []) => ({
    uses: 'yaml-update',
    as: 'step-2',
    config: { path },
    vars,
  });
  const steps = [
    step('plain'),
    step('env/${{ ctx.stage }}/v', []),
    step('${{ vars.where }}/v', [{ name: 'where', value: 'there' }]),
    step('${{ outputs.before.path }}'),
    step('${{ outputs.later.path }}'),
    step('${{ secret("s").path }}'),
    step('unread', [{ name: 'x', value: '${{ secret("s").x }}' }]),
    step('${{ broken'),
    { uses: 'compose-output', as: 'step-3', config: { path: 'not of the work directory' } },
    { uses: 'nothing-known', as: 'step-4', config: { path: 'neither' } },
  ];
  const definitions = new Map(stepDefinitions.map((one) => [one.name, one]));
  hintPaths(workdir, steps, { definitions, expressions: createTestExpressions(createManualClock()), scope });
  expect(expected).toEqual(['plain', 'env/prod/v', 'there/v', 'known', 'unread']);
});
