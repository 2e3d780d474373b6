import { expect, test } from 'vitest';
import { createEngineWorld, defineScripted, type EngineWorld } from '../../../test/support/engine-world.ts';
import type { JsonObject } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { PlannedStep } from './types.ts';

/** A killed process: it never comes back, and what waits for it is told. */
class Killer {
  readonly killed: Promise<'killed'>;
  /** How many moments have passed, whether or not one was the last. */
  count = 0;
  readonly #at: number | undefined;
  #kill: () => void = () => undefined;

  constructor(at: number | undefined) {
    this.#at = at;
    this.killed = new Promise((resolve) => {
      this.#kill = () => resolve('killed');
    });
  }

  async moment(): Promise<void> {
    this.count += 1;
    if (this.count - 1 !== this.#at) return;
    this.#kill();
    await new Promise(() => undefined);
  }
}

/** What is outside: a branch that moves by itself, things that were pushed and opened, and a merge that takes a while. */
interface Outside {
  revision: number;
  readonly effects: string[];
  looks: number;
}

const steps: readonly PlannedStep[] = [
  { uses: 'clone', as: 'clone', config: { path: 'src' } },
  { uses: 'compose', as: 'task::info', config: { base: '${{ outputs.clone.commit }}' } },
  { uses: 'edit', as: 'task::edit', config: { text: "by ${{ outputs['task'].base }}" } },
  { uses: 'compose', as: 'task::more', config: { base: 'changed' } },
  { uses: 'push', as: 'push' },
  { uses: 'edit', as: 'again', config: { text: ' and again after ${{ outputs.push.id }}' } },
  { uses: 'push', as: 'push2' },
  { uses: 'wait', as: 'wait' },
  { uses: 'push', as: 'push3', if: '${{ outputs.wait.merged }}' },
];

function createWorld(outside: Outside, killer: () => Killer): EngineWorld {
  const { signal } = new AbortController();
  const act = async (effect: string): Promise<void> => {
    await killer().moment();
    outside.effects.push(effect);
    await killer().moment();
  };
  const done = (output?: JsonObject): StepOutcome => ({
    kind: 'done',
    status: 'Succeeded',
    ...(output === undefined ? {} : { output }),
  });
  return createEngineWorld({
    steps,
    definitions: [
      defineScripted(
        'clone',
        async (context) => {
          outside.revision += 1;
          const commit = String(context.pins?.['commit'] ?? `c${outside.revision}`);
          await context.ports.workdir?.write('file', new TextEncoder().encode(commit), 'file', signal);
          context.pin({ commit });
          return done({ commit, gone: null });
        },
        { effect: 'fetch', needs: ['workdir'] },
      ),
      defineScripted(
        'edit',
        async (context, config) => {
          const before = Buffer.from((await context.ports.workdir?.read('file', signal)) ?? []).toString();
          const text = `${before}, ${String(config['text'])}`;
          await context.ports.workdir?.write('file', new TextEncoder().encode(text), 'file', signal);
          return done({ text });
        },
        { needs: ['workdir'] },
      ),
      defineScripted('compose', (_, config) => done(config), { propagatesTaskOutput: true }),
      defineScripted(
        'push',
        async (context, _, alias) => {
          const content = Buffer.from((await context.ports.workdir?.read('file', signal)) ?? []).toString();
          const effect = `${alias}: ${content}`;
          const own = outside.effects.find((one) => one.startsWith(`${alias}: `));
          if (context.claimed !== undefined && own !== undefined) return done({ id: own.length });
          await context.claim({ alias });
          await act(effect);
          return done({ id: effect.length });
        },
        { effect: 'outward', needs: ['workdir'] },
      ),
      defineScripted(
        'wait',
        async () => {
          outside.looks += 1;
          await killer().moment();
          if (outside.looks > 2) return done({ merged: true });
          return { kind: 'waiting', message: 'for a merge', pollAfterMs: 1000, wakes: [] };
        },
        { effect: 'wait' },
      ),
    ],
  });
}

/** Passes until the promotion has ended, with the process killed at one moment; how many moments there were. */
async function play(killAt: number | undefined) {
  const outside: Outside = { revision: 0, effects: [], looks: 0 };
  let killer = new Killer(killAt);
  const world = createWorld(outside, () => killer);
  let kills = 0;
  for (let pass = 0; pass < 12 && world.status.phase === 'Running'; pass++) {
    const moment = () => killer.moment();
    const result = await Promise.race([
      world.pass({ beforeCheckpoint: moment, afterCheckpoint: moment }),
      killer.killed,
    ]);
    if (result !== 'killed') continue;
    kills += 1;
    killer = new Killer(undefined);
  }
  return { world, outside, moments: killer.count, kills };
}

test('a process that is killed at any moment leaves the same end, and nothing outside twice', async () => {
  const undisturbed = await play(undefined);
  expect(undisturbed.world.status.phase).toBe('Succeeded');
  expect(undisturbed.outside.effects).toEqual([
    'push: c1, by c1',
    expect.stringMatching(/^push2: c1, by c1, {2}and again after \d+$/),
    expect.stringMatching(/^push3: c1, by c1, {2}and again after \d+$/),
  ]);
  expect(undisturbed.moments).toBeGreaterThan(15);
  for (let at = 0; at < undisturbed.moments; at++) {
    const { world, outside, kills } = await play(at);
    expect(kills).toBe(1);
    const late = outside.effects.map((effect) => effect.replaceAll(/\bc\d/g, 'c1'));
    expect(late).toEqual(undisturbed.outside.effects);
    const { state, ...status } = world.status;
    const { state: wantedState, ...wanted } = undisturbed.world.status;
    expect(status).toEqual(wanted);
    // A clone that was not recorded yet may find another commit; whatever it finds is kept from then on.
    const renamed = JSON.parse(JSON.stringify(state).replaceAll(/\bc\d/g, 'c1')) as JsonObject;
    expect(withoutHashes(renamed)).toEqual(withoutHashes(wantedState));
    const bases = new Set(outside.effects.flatMap((effect) => effect.match(/\bc\d/g) ?? []));
    expect(bases.size).toBe(1);
  }
});

function withoutHashes(state: unknown): unknown {
  return JSON.parse(
    JSON.stringify(state, (name, value: unknown) => (name === 'config' ? undefined : value)),
  ) as unknown;
}

test('a work directory is made only when a step reads it, and once per process', async () => {
  const { world } = await play(undefined);
  // The first pass has one; the passes that only wait have none; the last one rebuilds it for the third push.
  expect(world.workdirs).toBe(2);
});
