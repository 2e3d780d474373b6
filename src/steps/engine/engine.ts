import { AppError, describeError, isJsonObject, type JsonObject, parseDuration } from '../../base/index.ts';
import {
  concludePhase,
  type EngineResult,
  type EngineStatus,
  formatTime,
  isEnded,
  isFailure,
  type StepOutcome,
  type StepPins,
  type StepRecord,
  type WakeSource,
} from '../../domain/index.ts';
import type {
  Clock,
  Log,
  Metrics,
  Pass,
  StepDefinition,
  StepPorts,
  StepRun,
  Workdir,
} from '../../ports/index.ts';
import { type AttemptContext, type Attempted, attemptStep, hashConfig } from './attempt.ts';
import { type Conclusion, concludeAttempt, type StepLimits } from './conclude.ts';
import type { Evaluation, StepExpressions, StepScope } from './expressions.ts';
import { hintPaths } from './hints.ts';
import { claimPointer, type JournalEntry } from './journal.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { createStepMetrics, type StepMetrics } from './metrics.ts';
import { replayInto } from './replay.ts';
import type { EvaluatedConfig, PlannedStep } from './types.ts';

/** What the engine is made of. */
export interface EngineDeps {
  readonly definitions: ReadonlyMap<string, StepDefinition>;
  readonly ports: Omit<StepPorts, 'workdir'>;
  /** An empty work directory. */
  createWorkdir(): Workdir;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** One promotion, for one pass. */
export interface EngineInput {
  readonly steps: readonly PlannedStep[];
  readonly status: EngineStatus & { readonly startedAt: string };
  readonly expressions: StepExpressions;
  /** The Promotion's uid: salt of configuration hashes. */
  readonly uid: string;
  readonly run: Omit<StepRun, 'alias' | 'startedAtMs' | 'stepStartedAtMs' | 'nowMs'>;
}

/** Runs the steps of promotions. */
export interface Engine {
  /**
   * Goes on where the status left off, until the promotion ends, waits, has to try again or is interrupted.
   *
   * Guarantees: a claim is durable before an outward step acts, and its result is written before anything else happens;
   * data of expressions that cannot be read now is read again later; nothing is thrown but what a checkpoint throws.
   */
  execute(input: EngineInput, pass: Pass<EngineStatus>): Promise<EngineResult>;
}

interface StepStop {
  readonly kind: 'stop';
  readonly result: () => EngineResult;
}

type StepEnd = { readonly kind: 'next' } | StepStop;

/** Builds the engine. */
export function createEngine(deps: EngineDeps): Engine {
  const metrics = createStepMetrics(deps.metrics);
  return {
    execute: (input, pass) => new Execution(deps, metrics, input, pass).run(),
  };
}

/** One promotion's way through one pass. */
class Execution {
  readonly #deps: EngineDeps;
  readonly #metrics: StepMetrics;
  readonly #input: EngineInput;
  readonly #pass: Pass<EngineStatus>;
  readonly #ledger: Ledger;
  #workdir: Workdir | undefined;
  #final: EngineStatus | undefined;

  constructor(deps: EngineDeps, metrics: StepMetrics, input: EngineInput, pass: Pass<EngineStatus>) {
    this.#deps = deps;
    this.#metrics = metrics;
    this.#input = input;
    this.#pass = pass;
    this.#ledger = openLedger(input.status);
  }

  async run(): Promise<EngineResult> {
    const { steps } = this.#input;
    const start = this.#ledger.currentStep;
    for (const [offset, step] of steps.slice(start).entries()) {
      if (this.#pass.signal.aborted) return this.#interrupted();
      this.#ledger.enter(start + offset);
      const end = await this.#runStep(step);
      if (end.kind === 'stop') return end.result();
    }
    return { kind: 'ended', status: this.#finalStatus() };
  }

  async #runStep(step: PlannedStep): Promise<StepEnd> {
    const record = this.#ledger.recordOf(step);
    if (isEnded(record)) return { kind: 'next' };
    if (record.startedAt === undefined) {
      const decided = await this.#decideToRun(step, record);
      if (decided !== 'run') {
        if ('kind' in decided) return decided;
        this.#ledger.record(decided);
        return { kind: 'next' };
      }
    }
    const definition = this.#deps.definitions.get(step.uses);
    if (definition === undefined) {
      const message = `step kind "${step.uses}" is not registered; verify the kind is correct`;
      this.#ledger.record({ ...record, status: 'Errored', message, errorCount: 0 });
      return { kind: 'next' };
    }
    const started: StepRecord =
      record.startedAt === undefined
        ? { ...record, startedAt: this.#now(), errorCount: 0, status: 'Running' }
        : record;
    this.#ledger.record(started);
    const { expressions } = this.#input;
    const evaluated = await this.#evaluate(step, () =>
      expressions.config(step, this.#scope(), this.#pass.signal),
    );
    if ('kind' in evaluated) return evaluated;
    if (!evaluated.ok) {
      const message = `failed to build step context: step "${step.as}": ${evaluated.message}`;
      this.#ledger.record({ ...started, status: 'Errored', message });
      return { kind: 'next' };
    }
    return await this.#attempt(step, definition, started, evaluated.value);
  }

  /** Kargo's skip rule: without `if`, a step runs unless an earlier one failed that may not. */
  async #decideToRun(step: PlannedStep, record: StepRecord): Promise<'run' | StepRecord | StepStop> {
    if (step.if === undefined || step.if === '') {
      const hasFailed = this.#ledger.records.some(isFailure);
      return hasFailed ? { ...record, status: 'Skipped', errorCount: 0 } : 'run';
    }
    const { expressions } = this.#input;
    const decided = await this.#evaluate(step, () =>
      expressions.condition(step, this.#scope(), this.#pass.signal),
    );
    if ('kind' in decided) return decided;
    if (!decided.ok) {
      const message = `error checking if step "${step.as}" should be skipped: ${decided.message}`;
      return { ...record, status: 'Errored', message, errorCount: 0 };
    }
    return decided.value ? 'run' : { ...record, status: 'Skipped', errorCount: 0 };
  }

  /** What an expression reads may be away for a while; that is not the step's error, and does not count against it. */
  async #evaluate<T>(
    step: PlannedStep,
    run: () => Promise<Evaluation<T>>,
  ): Promise<Evaluation<T> | StepStop> {
    try {
      return await run();
    } catch (error) {
      if (this.#pass.signal.aborted) return { kind: 'stop', result: () => this.#interrupted() };
      if (!(error instanceof AppError) || error.disposition === 'stop') {
        return { ok: false, message: describeError(error) };
      }
      const message = `step "${step.as}" cannot be evaluated yet: ${error.message}`;
      const status = this.#ledger.toStatus('Running', message);
      const wakeAfterMs = error.retryAfterMs;
      return wakeAfterMs === undefined
        ? { kind: 'stop', result: () => ({ kind: 'retry', status, message }) }
        : { kind: 'stop', result: () => ({ kind: 'waiting', status, wakeAfterMs, wakes: [] }) };
    }
  }

  async #attempt(
    step: PlannedStep,
    definition: StepDefinition,
    record: StepRecord,
    evaluated: EvaluatedConfig,
  ): Promise<StepEnd> {
    const entry = this.#ledger.journal[step.as] ?? {};
    const hash = hashConfig(this.#input.uid, evaluated.config);
    if (entry.claim !== undefined && entry.config !== hash) return this.#refuseChangedClaim(step, record);
    let noted: JournalEntry = definition.effect === 'wait' ? {} : { ...entry, config: hash };
    let lost: { readonly error: unknown } | undefined;
    const { signal } = this.#pass;
    const claim = async (value: StepPins): Promise<void> => {
      signal.throwIfAborted();
      noted = { ...noted, claim: value };
      this.#ledger.note(step.as, noted);
      try {
        await this.#pass.checkpoint(this.#ledger.toStatus('Running', undefined));
      } catch (error) {
        lost = { error };
        throw error;
      }
      // Asked to stop while the claim was being written: nothing is begun any more.
      signal.throwIfAborted();
    };
    const beganMs = this.#deps.clock.nowMs();
    let attempted: Attempted;
    try {
      attempted = await attemptStep(definition, evaluated.config, {
        ...this.#context(step, record),
        workdir: () => this.#openWorkdir(),
        pins: entry.pins,
        pin: (pins) => {
          noted = { ...noted, pins };
        },
        claimed: entry.claim,
        claim,
      });
    } catch (error) {
      if (lost === undefined && this.#pass.signal.aborted) {
        return { kind: 'stop', result: () => this.#interrupted() };
      }
      throw error;
    }
    // A claim that could not be written is not the step's failure: somebody else has the promotion, or the API is away.
    if (lost !== undefined) throw lost.error;
    const outcome = maskOutcome(attempted.outcome, this.#input.expressions);
    return await this.#settle(step, definition, record, evaluated, { ...attempted, outcome, noted, beganMs });
  }

  /** An effect that may have happened cannot be looked for when it is no longer known what it was. */
  #refuseChangedClaim(step: PlannedStep, record: StepRecord): StepEnd {
    const message = `step "${step.as}" was interrupted while acting and is configured differently now; check what it left behind and promote again`;
    this.#ledger.record({ ...record, status: 'Errored', message, finishedAt: this.#now() });
    return { kind: 'next' };
  }

  /** Writes an attempt into the ledger; the result of an outward step also into the world, before anything else happens. */
  async #settle(
    step: PlannedStep,
    definition: StepDefinition,
    record: StepRecord,
    evaluated: EvaluatedConfig,
    attempt: Attempted & { readonly noted: JournalEntry; readonly beganMs: number },
  ): Promise<StepEnd> {
    const { outcome, noted } = attempt;
    const nowMs = this.#deps.clock.nowMs();
    const limits = limitsOf(step, definition);
    const conclusion = concludeAttempt({
      record,
      outcome,
      limits,
      stepStartedAtMs: Date.parse(record.startedAt ?? this.#now()),
      nowMs,
      now: formatTime(nowMs),
    });
    this.#metrics.observe(step.uses, outcome, nowMs - attempt.beganMs);
    this.#ledger.record(conclusion.record);
    this.#recordOutput(step, definition, outcome);
    const { claim, ...settled } = noted;
    // A step that finds its own effect looks for it after an error; any other must know from its answer.
    const isSettled = outcome.kind === 'done' || (attempt.isAnswered && !definition.findsOwnEffect);
    const verbatim = definition.propagatesTaskOutput ? { verbatim: evaluated.verbatim } : {};
    this.#ledger.note(step.as, claim !== undefined && isSettled ? settled : { ...noted, ...verbatim });
    if (outcome.kind === 'done' && outcome.status === 'Succeeded' && outcome.healthCheck !== undefined)
      this.#ledger.addHealthCheck(outcome.healthCheck);
    if (claim !== undefined && isSettled && conclusion.kind === 'ended') await this.#answer(step, claim);
    return this.#toEnd(conclusion, outcome, limits);
  }

  /** The last step's result carries the promotion's end with it, which saves a write. */
  async #answer(step: PlannedStep, claim: StepPins): Promise<void> {
    const isLast = this.#ledger.currentStep === this.#input.steps.length - 1;
    if (!isLast) this.#ledger.enter(this.#ledger.currentStep + 1);
    const status = isLast ? this.#finalStatus() : this.#ledger.toStatus('Running', undefined);
    await this.#pass.checkpoint(status, { pointer: claimPointer(step.as), value: { ...claim } });
  }

  #recordOutput(step: PlannedStep, definition: StepDefinition, outcome: StepOutcome): void {
    this.#ledger.output(step.as, outcome.output);
    const [task, inner] = step.as.split('::');
    if (!definition.propagatesTaskOutput || task === undefined || inner === undefined) return;
    const shared = this.#ledger.outputs[task];
    this.#ledger.output(task, { ...(isJsonObject(shared) ? shared : {}), ...(outcome.output ?? {}) });
  }

  #toEnd(conclusion: Conclusion, outcome: StepOutcome, limits: StepLimits): StepEnd {
    if (conclusion.kind === 'ended') return { kind: 'next' };
    const status = this.#ledger.toStatus('Running', conclusion.record.message);
    if (conclusion.kind === 'retry') {
      return { kind: 'stop', result: () => ({ kind: 'retry', status, message: conclusion.message }) };
    }
    const pollAfterMs = outcome.kind === 'waiting' ? outcome.pollAfterMs : 0;
    const wakeAfterMs = Math.min(pollAfterMs, this.#untilTimeoutMs(conclusion.record, limits));
    const wakes: readonly WakeSource[] = outcome.kind === 'waiting' ? outcome.wakes : [];
    return { kind: 'stop', result: () => ({ kind: 'waiting', status, wakeAfterMs, wakes }) };
  }

  /** A wait never outlasts the step's timeout. */
  #untilTimeoutMs(record: StepRecord, { timeoutMs }: StepLimits): number {
    if (timeoutMs <= 0 || record.startedAt === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, Date.parse(record.startedAt) + timeoutMs - this.#deps.clock.nowMs()) + 1;
  }

  async #openWorkdir(): Promise<Workdir> {
    if (this.#workdir !== undefined) return this.#workdir;
    const workdir = this.#deps.createWorkdir();
    const { definitions } = this.#deps;
    const { expressions, steps } = this.#input;
    hintPaths(workdir, steps, { definitions, expressions, scope: this.#scope() });
    await replayInto(workdir, this.#ledger.currentStep, {
      steps: this.#input.steps,
      definitions: this.#deps.definitions,
      expressions: this.#input.expressions,
      ledger: this.#ledger,
      salt: this.#input.uid,
      signal: this.#pass.signal,
      context: (step, record) => this.#context(step, record),
    });
    this.#workdir = workdir;
    return workdir;
  }

  #context(
    step: PlannedStep,
    record: StepRecord,
  ): Omit<AttemptContext, 'workdir' | 'claim' | 'pin' | 'claimed'> {
    const nowMs = this.#deps.clock.nowMs();
    const output = this.#ledger.outputs[step.as];
    return {
      ports: this.#deps.ports,
      run: {
        ...this.#input.run,
        alias: step.as,
        startedAtMs: Date.parse(this.#input.status.startedAt),
        stepStartedAtMs: record.startedAt === undefined ? nowMs : Date.parse(record.startedAt),
        nowMs,
      },
      previousOutput: isJsonObject(output) ? (output as JsonObject) : undefined,
      pins: this.#ledger.journal[step.as]?.pins,
      log: this.#deps.log,
      signal: this.#pass.signal,
    };
  }

  #scope(): StepScope {
    const { outputs, journal, records } = this.#ledger;
    return { outputs, journal, records };
  }

  /** Made once: what a checkpoint has written already must not get another finishing time. */
  #finalStatus(): EngineStatus {
    const { phase, message } = concludePhase(this.#ledger.records);
    this.#final ??= this.#ledger.toStatus(phase, message, this.#now());
    return this.#final;
  }

  #interrupted(): EngineResult {
    return { kind: 'interrupted', status: this.#ledger.toStatus('Running', this.#input.status.message) };
  }

  #now(): string {
    return formatTime(this.#deps.clock.nowMs());
  }
}

/** Values from Secrets never reach a status, whatever a server chose to quote. Outputs stay as the manifest made them. */
function maskOutcome(outcome: StepOutcome, expressions: StepExpressions): StepOutcome {
  return outcome.message === undefined ? outcome : { ...outcome, message: expressions.mask(outcome.message) };
}

function limitsOf(step: PlannedStep, definition: StepDefinition): StepLimits {
  const threshold = step.retry?.errorThreshold;
  const timeout = step.retry?.timeout;
  return {
    errorThreshold: threshold === undefined || threshold === 0 ? definition.defaultErrorThreshold : threshold,
    timeoutMs: (timeout === undefined ? definition.defaultTimeoutMs : parseDuration(timeout)) ?? 0,
  };
}
