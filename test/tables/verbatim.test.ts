import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { freights, stages, type Warehouse, warehouses } from '../../src/api/v1alpha1/index.ts';
import type { JsonValue } from '../../src/base/index.ts';
import { inflateSteps, type TaskContent } from '../../src/domain/promotion/index.ts';
import { createStepExpressions, type PlannedStep } from '../../src/steps/engine/index.ts';
import { stepDefinitions } from '../../src/steps/registry.ts';
import { createEngineWorld, defineScripted, type EngineWorld } from '../support/engine-world.ts';
import { createFakeCluster } from '../support/fake-cluster.ts';
import { createManualClock } from '../support/manual-clock.ts';

/** Tags that a reader of YAML or JSON could take for something else, and what a coerced text of them is. */
const tags: readonly { readonly tag: string; readonly coerced: JsonValue; readonly because: string }[] = [
  { tag: '49040600', coerced: 49040600, because: 'it is a number, which Kargo writes as 4.90406e+07' },
  { tag: '1.10', coerced: 1.1, because: 'a number loses its last zero' },
  { tag: '0012', coerced: 12, because: 'a number has no leading zeros' },
  { tag: '1e5', coerced: 100_000, because: 'an exponent makes a number' },
  { tag: '123e45', coerced: 1.23e47, because: 'seven digits of a commit can look like this' },
  { tag: 't', coerced: true, because: 'Kargo takes a single letter for a boolean' },
  { tag: 'true', coerced: true, because: 'it is a boolean' },
  { tag: '0x10', coerced: '0x10', because: 'Kargo takes it for text, YAML 1.1 for sixteen' },
  { tag: '2024-01-01', coerced: '2024-01-01', because: 'Kargo takes it for text, YAML 1.1 for a date' },
  { tag: '', coerced: '', because: 'nothing is still text' },
];

const direct = "${{ imageFrom('ghcr.io/x/app').Tag }}";

interface Way {
  readonly name: string;
  /** The template that is written into the file. */
  readonly given: string;
  readonly vars?: readonly { readonly name: string; readonly value: string }[];
  /** Steps before the one that writes. */
  readonly before?: readonly PlannedStep[];
  /** The writing step is the step of a task that is called with these variables. */
  readonly taskVars?: readonly { readonly name: string; readonly value: string }[];
  readonly stepVars?: readonly { readonly name: string; readonly value: string }[];
  /** Text as it is, text after something, or whatever the text looks like. */
  readonly want: 'kept' | 'kept after v' | 'coerced';
  readonly because: string;
}

const compose: PlannedStep = { uses: 'compose-output', as: 'image', config: { tag: direct } };
const pause: PlannedStep = { uses: 'pause', as: 'pause' };

const ways: readonly Way[] = [
  { name: 'direct', given: direct, want: 'kept', because: 'the tag stands for itself' },
  {
    name: 'a variable of the Promotion',
    given: '${{ vars.tag }}',
    vars: [{ name: 'tag', value: direct }],
    want: 'kept',
    because: 'variables keep what their expression gives',
  },
  {
    name: 'a variable of a variable',
    given: '${{ vars.again }}',
    vars: [
      { name: 'tag', value: direct },
      { name: 'again', value: '${{ vars.tag }}' },
    ],
    want: 'kept',
    because: 'also through a second one',
  },
  {
    name: 'a variable of a task',
    given: '${{ vars.tag }}',
    taskVars: [{ name: 'tag', value: direct }],
    want: 'kept',
    because: 'tasks are called with variables',
  },
  {
    name: 'a variable of the step',
    given: '${{ vars.tag }}',
    stepVars: [{ name: 'tag', value: direct }],
    want: 'kept',
    because: 'steps have variables of their own',
  },
  {
    name: 'an output',
    given: '${{ outputs.image.tag }}',
    before: [compose],
    want: 'kept',
    because: 'the journal remembers which outputs stand for themselves',
  },
  {
    name: 'an output across a restart',
    given: '${{ outputs.image.tag }}',
    before: [compose, pause],
    want: 'kept',
    because: 'the journal is in the status, and the next process reads it',
  },
  {
    name: 'an output of an output across a restart',
    given: '${{ outputs.second.tag }}',
    before: [
      compose,
      pause,
      { uses: 'compose-output', as: 'second', config: { tag: '${{ outputs.image.tag }}' } },
    ],
    want: 'kept',
    because: 'what was read from the journal is written to it again',
  },
  {
    name: 'an output of the same task across a restart',
    given: '${{ task.outputs.image.tag }}',
    before: [{ ...compose, as: 'task::image' }, pause],
    taskVars: [{ name: 'tag', value: 'not used' }],
    want: 'kept',
    because: 'steps of a task see each other by short names',
  },
  {
    name: 'the output of a task across a restart',
    given: '${{ outputs.task.tag }}',
    before: [{ ...compose, as: 'task::image' }, pause],
    want: 'kept',
    because: 'what a task composes is its output',
  },
  {
    name: 'the ternary',
    given: "${{ true ? imageFrom('ghcr.io/x/app').Tag : 'none' }}",
    want: 'kept',
    because: 'it chooses, and changes nothing',
  },
  {
    name: 'the nil operator',
    given: "${{ outputs.missing ?? imageFrom('ghcr.io/x/app').Tag }}",
    want: 'kept',
    because: 'it chooses, and changes nothing',
  },
  {
    name: 'quote',
    given: "${{ quote(imageFrom('ghcr.io/x/app').Tag) }}",
    want: 'kept',
    because: 'this is how manifests for Kargo do it',
  },
  {
    name: 'concatenation with text',
    given: `v${direct}`,
    want: 'kept after v',
    because: 'what begins with a letter is no number',
  },
  {
    name: 'concatenation with nothing',
    given: "${{ imageFrom('ghcr.io/x/app').Tag + '' }}",
    want: 'coerced',
    because: 'an operator makes a new text, which means what it looks like, as in Kargo',
  },
  {
    name: 'a function',
    given: "${{ trim(imageFrom('ghcr.io/x/app').Tag) }}",
    want: 'coerced',
    because: 'a function makes a new text',
  },
];

const document = '# head\nimage:\n  tag: "old" # keep\n';

describe.each(ways)('a tag by $name: $because', ({ want, ...way }) => {
  test.each(tags)('"$tag"', async ({ tag, coerced, because }) => {
    const { world, read } = createWorld(way, tag);
    for (let pass = 0; pass < 4 && world.status.phase === 'Running'; pass++) await world.pass();
    expect([world.status.phase, world.status.message]).toEqual(['Succeeded', undefined]);
    const expected = { kept: tag, 'kept after v': `v${tag}`, coerced }[want];
    const written = read();
    // Both generations of YAML must read the same.
    for (const version of ['1.1', '1.2'] as const) {
      expect(parse(written, { version }), because).toEqual({ image: { tag: expected } });
    }
    expect(written).toMatch(/^# head\nimage:\n {2}tag: .* # keep\n$/);
  });
});

/** A promotion of Freight with this tag, by processes that remember nothing, and the file that it has written. */
function createWorld(way: Omit<Way, 'want'>, tag: string): { world: EngineWorld; read(): string } {
  let written = '';
  const seed = defineScripted('seed', async ({ ports, signal }) => {
    await ports.workdir?.write('values.yaml', new TextEncoder().encode(document), 'file', signal);
    return { kind: 'done', status: 'Succeeded' };
  });
  const look = defineScripted('look', async ({ ports, signal }) => {
    written = new TextDecoder().decode(await ports.workdir?.read('values.yaml', signal));
    return { kind: 'done', status: 'Succeeded' };
  });
  const world = createEngineWorld({
    steps: [
      ...(way.before ?? []),
      { uses: 'seed', as: 'seed' },
      ...writingSteps(way),
      { uses: 'look', as: 'look' },
    ],
    definitions: [
      ...stepDefinitions,
      pauseOnce(),
      { ...seed, needs: ['workdir'] },
      { ...look, needs: ['workdir'] },
    ],
    expressions: createExpressions(way, tag),
  });
  return { world, read: () => written };
}

/** A step that waits once, so that the next pass is by another process. */
function pauseOnce() {
  let hasWaited = false;
  return defineScripted(
    'pause',
    () => {
      if (hasWaited) return { kind: 'done', status: 'Succeeded' };
      hasWaited = true;
      return { kind: 'waiting', message: 'for the next process', pollAfterMs: 1000, wakes: [] };
    },
    { effect: 'wait' },
  );
}

function writingSteps({ given, taskVars, stepVars }: Omit<Way, 'want'>): readonly PlannedStep[] {
  const config = { path: 'values.yaml', updates: [{ key: 'image.tag', value: given }] };
  const write = { uses: 'yaml-update', as: 'write', config };
  if (taskVars === undefined) return [{ ...write, ...(stepVars === undefined ? {} : { vars: stepVars }) }];
  const task: TaskContent = { vars: [{ name: 'tag' }], steps: [write] };
  const inflation = inflateSteps([{ as: 'task', task: { name: 'write' }, vars: taskVars }], [], () => task);
  if (!inflation.ok) throw new Error(inflation.problem.message);
  return inflation.steps.map((step) => ({ ...step, uses: step.uses ?? '', as: step.as ?? '' }));
}

const apiVersion = 'kargo.akuity.io/v1alpha1';
const origin = { kind: 'Warehouse', name: 'main' } as const;

function createExpressions({ vars }: Omit<Way, 'want'>, tag: string) {
  const clock = createManualClock();
  const watched = [warehouses, freights, stages].map((type) => ({ type }));
  const { reader, put } = createFakeCluster({ clock, watched });
  const metadata = (name: string) => ({ name, namespace: 'demo' });
  put(warehouses, {
    apiVersion,
    kind: 'Warehouse',
    metadata: metadata('main'),
    spec: { subscriptions: [{ image: { repoURL: 'ghcr.io/x/app' } }] },
  } as unknown as Warehouse);
  const item = { name: 'f1', origin, images: [{ repoURL: 'ghcr.io/x/app', tag, digest: 'sha256:a' }] };
  const create = createStepExpressions({ reader, clock }, { sharedNamespace: undefined });
  return create({
    promotion: {
      apiVersion,
      kind: 'Promotion',
      metadata: metadata('prod.01.abc'),
      spec: { stage: 'prod', freight: 'f1', steps: [], vars: [...(vars ?? [])] },
    },
    stage: {
      apiVersion,
      kind: 'Stage',
      metadata: metadata('prod'),
      spec: { requestedFreight: [{ origin, sources: { direct: true } }] },
    },
    freight: { apiVersion, kind: 'Freight', metadata: metadata('f1'), alias: 'a', origin },
    collection: { id: 'c1', items: { 'Warehouse/main': item } },
    uiBaseUrl: undefined,
  });
}
