import { expect, test } from 'vitest';
import { createEngineWorld, createTestExpressions } from '../../../test/support/engine-world.ts';
import { startGitWorld } from '../../../test/support/git-world.ts';
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

test('a cold promotion of many files costs as many requests as one of a single file', async () => {
  await using git = await startGitWorld();
  const paths = [
    'a/b/c/d/values.yaml',
    'a/b/x/values.yaml',
    'e/values.yaml',
    'top.yaml',
    'e/f/g/values.yaml',
  ];
  const counted: number[] = [];
  for (const edited of [paths.slice(0, 1), paths]) {
    const { url } = git.seed(Object.fromEntries(paths.map((path) => [path, `image: old # ${path}\n`])));
    const edits = edited.map((path, index) => ({
      uses: 'yaml-update',
      as: `edit-${index}`,
      config: { path: `src/${path}`, updates: [{ key: 'image', value: 'new' }] },
    }));
    const world = createEngineWorld({
      steps: [
        {
          uses: 'git-clone',
          as: 'clone',
          config: { repoURL: url, checkout: [{ path: 'src', branch: 'main' }] },
        },
        ...edits,
        { uses: 'git-commit', as: 'commit', config: { path: 'src', message: 'Edit' } },
        { uses: 'git-push', as: 'push', config: { path: 'src' } },
      ],
      definitions: stepDefinitions,
      ports: { ...git, ...git.restart() },
    });
    const before = git.server.requests['all'] ?? 0;
    await world.pass();
    expect(world.status).toMatchObject({ phase: 'Succeeded' });
    counted.push((git.server.requests['all'] ?? 0) - before);
  }
  // Capabilities, references, the commit, five levels of directories, the files, the push.
  expect(counted).toEqual([10, 10]);
});
