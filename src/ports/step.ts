import type { JsonObject } from '../base/index.ts';
import type { StepOutcome, StepPins } from '../domain/index.ts';

/**
 * What a step does to the world.
 *
 * local: changes only the work directory, deterministic, replayed at will.
 * fetch: reads the network and pins ids or digests, so that a replay reads the same bytes.
 * wait: looks until something is true.
 * outward: changes something outside; claims before it acts and recognises its own effect afterwards.
 */
export type StepEffect = 'local' | 'fetch' | 'wait' | 'outward';

/** Facts about the promotion a step runs in. */
export interface StepRun {
  readonly project: string;
  readonly stage: string;
  readonly promotion: string;
  /** The alias of the step, with its task prefix. */
  readonly alias: string;
  /** When the promotion started, in milliseconds since the epoch: the date of everything it writes. */
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** Who created the promotion, e.g. "kubernetes:alice"; `undefined` for auto-promotion. */
  readonly actor: string | undefined;
  readonly uiBaseUrl: string | undefined;
}

/** What one attempt of a step gets. `Ports` holds exactly the ports that its definition names in `needs`. */
export interface StepContext<Config, Ports> {
  readonly config: Config;
  readonly ports: Ports;
  readonly run: StepRun;
  /** What this step gave at its previous attempt, if any. */
  readonly previousOutput: JsonObject | undefined;
  /** What this step pinned when it first ran; only for `fetch` steps that are replayed. */
  readonly pins: StepPins | undefined;
  /** Records what a `fetch` step resolved; it is in the journal before the step's result is. */
  pin(pins: StepPins): void;
  /** The claim an earlier attempt of this `outward` step wrote and whose result is not known. */
  readonly claimed: StepPins | undefined;
  /** Writes a claim and returns when it is durable; call it right before acting. */
  claim(claim: StepPins): Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * A promotion step kind as its folder declares it.
 *
 * `Config` and `Output` come from zod schemas in the folder; the engine validates before it runs the step.
 */
export interface StepDefinition<Config = unknown, Ports = never> {
  /** The public name, equal to the folder's. */
  readonly name: string;
  readonly effect: StepEffect;
  /** Names of the ports that `run` may touch. */
  readonly needs: readonly string[];
  /** Turns evaluated config into a typed one; problems are listed with their field path. */
  parseConfig(config: JsonObject):
    | { readonly ok: true; readonly config: Config }
    | {
        readonly ok: false;
        readonly problems: readonly { readonly field: string; readonly problem: string }[];
      };
  /** JSON schemas for reference pages and forms. */
  readonly configSchema: JsonObject;
  readonly outputSchema: JsonObject | undefined;
  /** Kargo's defaults: no timeout, one error is final. */
  readonly defaultTimeoutMs: number | undefined;
  readonly defaultErrorThreshold: number;
  /** True for kinds whose output is merged into their task's output. */
  readonly propagatesTaskOutput: boolean;
  run(context: StepContext<Config, Ports>): Promise<StepOutcome>;
}
