import { AppError, describeError, type JsonObject, sha256Hex } from '../../base/index.ts';
import type { StepOutcome, StepPins } from '../../domain/index.ts';
import type { ConfigProblem, Log, StepDefinition, StepPorts, StepRun } from '../../ports/index.ts';
import { adaptivePollMs } from '../poll.ts';

const outageGraceMs = 15_000;
const maxClaimChars = 200;

/** Everything one attempt of a step needs besides its configuration. */
export interface AttemptContext {
  readonly ports: Omit<StepPorts, 'workdir'>;
  /** Builds the work directory when the step needs it. */
  workdir(): Promise<StepPorts['workdir']>;
  readonly run: StepRun;
  readonly previousOutput: JsonObject | undefined;
  readonly pins: StepPins | undefined;
  readonly claimed: StepPins | undefined;
  pin(pins: StepPins): void;
  claim(claim: StepPins): Promise<void>;
  /** Told where a step has crashed; what it said is in the outcome. */
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** What came of an attempt. */
export interface Attempted {
  readonly outcome: StepOutcome;
  /** True when the step said so itself; otherwise what it may have done outside has no answer. */
  readonly isAnswered: boolean;
}

/**
 * Tries a step once. Whatever it throws becomes an outcome, so that an error has one way out.
 *
 * Mapping of a thrown error's disposition: "wait" (rate limits) waits as long as stated; "retry" in a waiting step waits,
 * elsewhere for fifteen seconds before it is an error that counts; "stop" is final. An error that nobody foresaw
 * is final too.
 */
export async function attemptStep(
  definition: StepDefinition,
  config: JsonObject,
  context: AttemptContext,
): Promise<Attempted> {
  const prepared = definition.prepare(config);
  if (!prepared.ok) return unanswered(invalidConfig(definition.name, prepared.problems));
  const { claimed } = context;
  if (claimed !== undefined && !definition.findsOwnEffect && !prepared.isRepeatable) {
    return unanswered(effectUnknown(definition.name, claimed));
  }
  const { workdir, ports, log, ...rest } = context;
  let workdirPort: Pick<StepPorts, 'workdir'> | undefined;
  try {
    if (definition.needs.includes('workdir')) workdirPort = { workdir: await workdir() };
  } catch (error) {
    if (context.signal.aborted) throw error;
    return unanswered(toUnbuilt(error, definition, context.run));
  }
  try {
    const outcome = await prepared.run({ ...rest, ports: { ...ports, ...workdirPort } });
    return { outcome, isAnswered: true };
  } catch (error) {
    if (context.signal.aborted) throw error;
    if (!(error instanceof AppError)) logCrash(log, error, { kind: definition.name, run: context.run });
    return unanswered(toOutcome(error, definition, context.run));
  }
}

/** The places without the exception's own text, which may hold anything. */
function logCrash(
  log: Log,
  error: unknown,
  { kind, run }: { readonly kind: string; readonly run: StepRun },
): void {
  const lines = (error instanceof Error ? error.stack : undefined)?.split('\n') ?? [];
  log.error('step crashed', {
    namespace: run.project,
    name: run.promotion,
    step: `${run.alias} (${kind})`,
    code: 'step.crashed',
    reason: error instanceof Error ? error.name : typeof error,
    stack: lines.filter((line) => /^\s+at /.test(line)).join('\n'),
  });
}

function unanswered(outcome: StepOutcome): Attempted {
  return { outcome, isAnswered: false };
}

/** The claim says what to check: it is what the step was about to do. */
function effectUnknown(kind: string, claimed: StepPins): StepOutcome {
  const claim = JSON.stringify(claimed).slice(0, maxClaimChars);
  const message = `it was interrupted while it acted, and nothing tells whether that had an effect; check it (${kind}: ${claim}), then promote again, or set "repeatable: true" in its configuration if acting twice does no harm`;
  return { kind: 'failed', status: 'Errored', code: 'step.effect-unknown', message, terminal: true };
}

/**
 * The hash that tells whether a replayed step is configured as it was; salted, so that it says nothing about values.
 *
 * Guarantees: the order of members does not matter, nor does a member that is null, because outputs lose those on
 * their way through the API server (merge patches).
 */
export function hashConfig(salt: string, config: JsonObject): string {
  return sha256Hex(`${salt}\n${JSON.stringify(sortMembers(config))}`).slice(0, 32);
}

function invalidConfig(kind: string, problems: readonly ConfigProblem[]): StepOutcome {
  const message = `invalid ${kind} config: ${problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ')}`;
  return { kind: 'failed', status: 'Failed', code: 'step.invalid-config', message, terminal: true };
}

/** A work directory that cannot be rebuilt just now is not the step's error, and does not count against it. */
function toUnbuilt(error: unknown, definition: StepDefinition, run: StepRun): StepOutcome {
  if (!(error instanceof AppError) || error.disposition === 'stop') return toOutcome(error, definition, run);
  const message = `the work directory cannot be rebuilt yet: ${error.message}`;
  return { kind: 'waiting', message, pollAfterMs: error.retryAfterMs ?? adaptivePollMs(run), wakes: [] };
}

/**
 * A connection that breaks is no answer. Kargo ends a promotion on the first one, because one error is final by default;
 * here a step that speaks to the network has fifteen seconds of grace, and an outward one looks for its own effect first.
 */
function isBornePatiently(definition: StepDefinition, run: StepRun): boolean {
  if (definition.effect === 'wait') return true;
  return definition.effect !== 'local' && run.nowMs - run.stepStartedAtMs < outageGraceMs;
}

function toOutcome(error: unknown, definition: StepDefinition, run: StepRun): StepOutcome {
  if (!(error instanceof AppError)) {
    const message = `step panicked: ${describeError(error)}`;
    return { kind: 'failed', status: 'Errored', code: 'step.crashed', message, terminal: true };
  }
  const message = error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  if (error.disposition === 'wait') {
    return { kind: 'waiting', message, pollAfterMs: error.retryAfterMs ?? adaptivePollMs(run), wakes: [] };
  }
  if (error.disposition === 'retry' && isBornePatiently(definition, run)) {
    return { kind: 'waiting', message, pollAfterMs: adaptivePollMs(run), wakes: [] };
  }
  const isFinal = error.disposition === 'stop';
  return { kind: 'failed', status: 'Errored', code: error.code, message, terminal: isFinal };
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(entries.map(([name, member]) => [name, sortMembers(member)]));
}
