import type { EngineResult, StepOutcome } from '../../src/domain/index.ts';
import { kubeErrors } from '../../src/kube/index.ts';
import type { PreparedContext, StepDefinition } from '../../src/ports/index.ts';
import type { PlannedStep, StepExpressions } from '../../src/steps/engine/index.ts';
import {
  createEngineWorld,
  createTestExpressions,
  defineScripted,
  type EngineWorld,
} from './engine-world.ts';
import { createManualClock } from './manual-clock.ts';

/** The step kinds of a disturbed run: one per effect, and a local one whose output is its task's too. */
export const kinds = ['edit', 'compose', 'fetch', 'wait', 'push', 'push'] as const;

/** A step, as the property tests draw it. */
export interface Draft {
  readonly kind: (typeof kinds)[number];
  /** How many errors come before the ending. */
  readonly errors: number;
  readonly threshold: number | undefined;
  readonly ending: 'done' | 'skipped' | 'failed' | 'errored';
  /** How often a waiting step looks in vain; with infinity it times out. */
  readonly looks: number;
  readonly condition: 'always' | 'failure' | 'success' | 'never' | undefined;
  readonly continueOnError: boolean;
  readonly isInTask: boolean;
  /** Index of the step whose output its configuration reads, if that is an earlier one. */
  readonly readsFrom: number;
}

/**
 * What may happen: the process is killed, is asked to stop, cannot reach somebody (a request or its answer is lost),
 * looks again without a reason, looks at a status that is not the newest one.
 */
export const disturbances = ['kill', 'kill', 'stop', 'lose', 'lose', 'refresh', 'stale'] as const;

/** Something that happens at one of the moments of a run; moments are numbered across all passes. */
export interface Disturbance {
  readonly at: number;
  readonly kind: (typeof disturbances)[number] | 'abort';
}

/** What a run left behind. */
export interface Played {
  readonly world: EngineWorld;
  readonly outside: Outside;
  /** Results after which nothing would wake the promotion, or nothing says what it waits for. */
  readonly unnamed: readonly string[];
  /** How many acts outside had begun when an abort was asked for, if it was; the run ends with the pass of that moment. */
  readonly begunAtAbort: number | undefined;
}

/** What is outside: branches that move by themselves, effects, and looks at something that takes a while. */
export interface Outside {
  readonly effects: string[];
  /** How often an act outside was begun. */
  begun: number;
  revision: number;
  readonly looks: Map<string, number>;
}

type Place = 'pass' | 'write' | 'network' | 'local';

const maxPasses = 100;
const { signal } = new AbortController();

/** A promotion of these steps, disturbed at these moments. */
export function createDisturbedRun(
  drafts: readonly Draft[],
  happenings: readonly Disturbance[],
): { play(): Promise<Played> } {
  return { play: () => new Run(drafts, happenings).play() };
}

class Run {
  readonly #drafts: readonly Draft[];
  readonly #happenings: ReadonlyMap<number, Disturbance['kind']>;
  readonly #world: EngineWorld;
  readonly #outside: Outside = { effects: [], begun: 0, revision: 0, looks: new Map() };
  readonly #unnamed: string[] = [];
  #moments = 0;
  #process = new Process();
  #read: EngineWorld['status'];
  #begunAtAbort: number | undefined;

  constructor(drafts: readonly Draft[], happenings: readonly Disturbance[]) {
    this.#drafts = drafts;
    this.#happenings = new Map(happenings.map(({ at, kind }) => [at, kind]));
    this.#world = createEngineWorld({
      steps: drafts.map(toStep),
      definitions: this.#define(),
      expressions: this.#expressions(),
    });
    this.#read = this.#world.status;
  }

  async play(): Promise<Played> {
    const history = [this.#world.status];
    for (let pass = 0; this.#world.status.phase === 'Running'; pass += 1) {
      if (pass > maxPasses) throw new Error(`the promotion has not ended after ${maxPasses} passes`);
      const kind = this.#happenings.get(this.#moments);
      this.#moments += 1;
      const stale = kind === 'stale' ? history[this.#moments % history.length] : undefined;
      this.#read = stale ?? this.#world.status;
      const result = await this.#pass();
      if (this.#begunAtAbort !== undefined) break;
      history.push(this.#world.status);
      this.#check(result);
      if (kind !== 'refresh') await this.#world.clock.advance(toPauseMs(result));
    }
    return {
      world: this.#world,
      outside: this.#outside,
      unnamed: this.#unnamed,
      begunAtAbort: this.#begunAtAbort,
    };
  }

  /** One pass; `undefined` when it was killed or failed, after which its queue tries again. */
  async #pass(): Promise<EngineResult | undefined> {
    this.#process = new Process();
    const { killed, stop } = this.#process;
    const around = () => this.#moment('write');
    try {
      return await Promise.race([
        this.#world.pass({
          signal: stop.signal,
          reads: this.#read,
          beforeCheckpoint: around,
          afterCheckpoint: around,
          aroundResult: around,
        }),
        killed,
      ]);
    } catch (error) {
      const isExpected = kubeErrors.is(error, 'kube.conflict') || kubeErrors.is(error, 'kube.unavailable');
      if (!isExpected && !stop.signal.aborted) throw error;
      return undefined;
    }
  }

  #check(result: EngineResult | undefined): void {
    if (result?.kind === 'waiting' && !(result.wakeAfterMs >= 0 && result.wakeAfterMs < 300_000)) {
      this.#unnamed.push(`waits for ${result.wakeAfterMs} ms`);
    }
    const isNamed =
      (result?.kind !== 'waiting' && result?.kind !== 'retry') || Boolean(result.status.message);
    if (!isNamed) this.#unnamed.push(`${result?.kind} without a message`);
    if (result !== undefined && (result.kind === 'ended') !== (this.#world.status.phase !== 'Running')) {
      this.#unnamed.push(`${result.kind} in phase ${this.#world.status.phase}`);
    }
  }

  async #moment(place: Place): Promise<void> {
    const kind = this.#happenings.get(this.#moments);
    this.#moments += 1;
    if (kind === 'kill') await this.#process.die();
    if (kind === 'stop' || kind === 'abort') this.#process.stop.abort(new Error('asked to stop'));
    if (kind === 'abort') this.#begunAtAbort ??= this.#outside.begun;
    if (kind === 'lose' && place !== 'local') throw kubeErrors.create('kube.unavailable', 'it is away');
  }

  #expressions(): StepExpressions {
    const inner = createTestExpressions(createManualClock());
    return {
      ...inner,
      config: async (...asked) => {
        await this.#moment('network');
        return await inner.config(...asked);
      },
    };
  }

  #define(): readonly StepDefinition[] {
    return [
      defineScripted('edit', (context, config) => this.#edit(context, String(config['text'])), {
        needs: ['workdir'],
      }),
      defineScripted(
        'compose',
        (context, config) => this.#conclude(context, { text: String(config['text']) }),
        {
          propagatesTaskOutput: true,
        },
      ),
      defineScripted('fetch', (context) => this.#fetch(context), { effect: 'fetch', needs: ['workdir'] }),
      defineScripted('wait', (context) => this.#wait(context), { effect: 'wait' }),
      defineScripted('push', (context) => this.#push(context), { effect: 'outward', needs: ['workdir'] }),
    ];
  }

  async #edit(context: PreparedContext, text: string): Promise<StepOutcome> {
    await this.#moment('local');
    const outcome = this.#conclude(context, { text });
    if (outcome.kind === 'done') await append(context, `${context.run.alias} ${text};`);
    return outcome;
  }

  async #fetch(context: PreparedContext): Promise<StepOutcome> {
    await this.#moment('network');
    const outcome = this.#conclude(context);
    if (outcome.kind !== 'done') return outcome;
    this.#outside.revision += 1;
    const text = String(context.pins?.['text'] ?? `s${this.#indexOf(context)}@${this.#outside.revision}`);
    await append(context, `${text};`);
    context.pin({ text });
    await this.#moment('network');
    return { ...outcome, output: { text, gone: null } };
  }

  async #wait(context: PreparedContext): Promise<StepOutcome> {
    const draft = this.#draftOf(context);
    const isEndless = draft.looks === Number.POSITIVE_INFINITY;
    await this.#moment(isEndless ? 'local' : 'network');
    const { alias } = context.run;
    const early = this.#conclude(context);
    if (early.kind === 'failed' && !early.terminal) return early;
    const looks = this.#outside.looks.get(alias) ?? 0;
    this.#outside.looks.set(alias, looks + 1);
    if (looks >= draft.looks) return early;
    return { kind: 'waiting', message: `for ${alias}`, pollAfterMs: isEndless ? 20_000 : 1000, wakes: [] };
  }

  async #push(context: PreparedContext): Promise<StepOutcome> {
    const { alias } = context.run;
    const outcome = this.#conclude(context);
    if (outcome.kind === 'failed') {
      // The server says no to what was claimed already.
      if (!outcome.terminal) await context.claim({ alias });
      return outcome;
    }
    if (outcome.kind === 'done' && outcome.status === 'Skipped') return outcome;
    await this.#moment('network');
    const own = this.#outside.effects.find((effect) => effect.startsWith(`${alias}: `));
    if (context.claimed !== undefined && own !== undefined) return { ...outcome, output: { text: own } };
    const effect = `${alias}: ${await read(context)}`;
    await context.claim({ alias });
    this.#outside.begun += 1;
    await this.#moment('network');
    this.#outside.effects.push(effect);
    await this.#moment('network');
    return { ...outcome, output: { text: effect } };
  }

  /** How this attempt ends if nothing disturbs it; errors are counted in the status, so that a restart repeats them. */
  #conclude(context: PreparedContext, output?: { readonly text: string }): StepOutcome {
    const { alias } = context.run;
    const draft = this.#draftOf(context);
    const record = this.#read.stepExecutionMetadata?.find((one) => one.alias === alias);
    const message = `of ${alias}`;
    const code = 'step.crashed';
    const isEnded = record?.finishedAt !== undefined;
    if (!isEnded && (record?.errorCount ?? 0) < draft.errors) {
      return { kind: 'failed', status: 'Errored', code, message, terminal: false };
    }
    if (draft.ending === 'failed') return { kind: 'failed', status: 'Failed', code, message, terminal: true };
    if (draft.ending === 'errored')
      return { kind: 'failed', status: 'Errored', code, message, terminal: true };
    const status = draft.ending === 'done' ? 'Succeeded' : 'Skipped';
    const healthCheck = { uses: 'check', config: { alias } };
    return { kind: 'done', status, healthCheck, ...(output === undefined ? {} : { output: { ...output } }) };
  }

  #draftOf(context: PreparedContext): Draft {
    const draft = this.#drafts[this.#indexOf(context)];
    if (draft === undefined) throw new Error(`no step ${context.run.alias}`);
    return draft;
  }

  #indexOf(context: PreparedContext): number {
    return Number(/s(?<index>\d+)$/.exec(context.run.alias)?.groups?.['index']);
  }
}

/** A process that can be killed: it never comes back, and what waits for it is told. */
class Process {
  readonly stop = new AbortController();
  readonly killed: Promise<undefined>;
  #kill: () => void = () => undefined;

  constructor() {
    this.killed = new Promise((resolve) => {
      this.#kill = () => resolve(undefined);
    });
  }

  async die(): Promise<never> {
    this.#kill();
    return await new Promise<never>(() => undefined);
  }
}

/** How long the queue lets it rest. */
function toPauseMs(result: EngineResult | undefined): number {
  if (result?.kind === 'waiting') return result.wakeAfterMs;
  return result?.kind === 'retry' ? 1000 : 100;
}

function toStep(draft: Draft, index: number, drafts: readonly Draft[]): PlannedStep {
  const as = toAlias(draft, index);
  const source = draft.readsFrom < index ? drafts[draft.readsFrom] : undefined;
  const read =
    source === undefined ? as : `\${{ outputs['${toAlias(source, draft.readsFrom)}']?.text ?? 'none' }}`;
  const isEndless = draft.kind === 'wait' && draft.looks === Number.POSITIVE_INFINITY;
  return {
    uses: draft.kind,
    as,
    config: { text: read },
    ...(draft.condition === undefined ? {} : { if: toCondition(draft.condition) }),
    ...(draft.continueOnError ? { continueOnError: true } : {}),
    retry: { errorThreshold: draft.threshold, timeout: isEndless ? '1m' : undefined },
  };
}

function toAlias(draft: Draft, index: number): string {
  return draft.isInTask ? `task::s${index}` : `s${index}`;
}

function toCondition(condition: string): string {
  return condition === 'never' ? '${{ false }}' : `\${{ ${condition}() }}`;
}

async function read({ ports }: PreparedContext): Promise<string> {
  const workdir = ports.workdir;
  if (workdir === undefined) throw new Error('the step has no work directory');
  const found = await workdir.stat('file', signal);
  return found === undefined ? '' : Buffer.from(await workdir.read('file', signal)).toString();
}

async function append(context: PreparedContext, text: string): Promise<void> {
  const before = await read(context);
  await context.ports.workdir?.write('file', new TextEncoder().encode(before + text), 'file', signal);
}
