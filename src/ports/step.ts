import type { JsonObject } from '../base/index.ts';
import type { StepOutcome, StepPins, Trailer } from '../domain/index.ts';
import type { ArgoCd } from './argocd.ts';
import type { Credentials } from './credentials.ts';
import type { Forges } from './forge.ts';
import type { Committers, GitRepos } from './git.ts';
import type { Workdir } from './workdir.ts';

/**
 * What a step does to the world.
 *
 * local: changes only the work directory, deterministic, replayed at will.
 * fetch: reads the network and pins ids or digests, so that a replay reads the same bytes.
 * wait: looks until something is true.
 * outward: changes something outside; claims before it acts and recognises its own effect afterwards.
 */
export type StepEffect = 'local' | 'fetch' | 'wait' | 'outward';

/** Every port a step can ask for. `workdir` is this promotion's own; the others are shared. */
export interface StepPorts {
  readonly workdir: Workdir;
  readonly git: GitRepos;
  readonly forges: Forges;
  readonly credentials: Credentials;
  readonly committers: Committers;
  readonly argocd: ArgoCd;
}

/** The name of a port in a step's `needs`. */
export type PortName = keyof StepPorts;

/** Facts about the promotion a step runs in. */
export interface StepRun {
  readonly project: string;
  readonly stage: string;
  readonly promotion: string;
  /** The alias of the step, with its task prefix. */
  readonly alias: string;
  /** What commit messages say about the promotion; usually nothing. */
  readonly trailers: readonly Trailer[];
  /** When the promotion started, in milliseconds since the epoch: the date of everything it writes. */
  readonly startedAtMs: number;
  /** When this step was first tried, in milliseconds since the epoch. */
  readonly stepStartedAtMs: number;
  readonly nowMs: number;
  /** Who created the promotion, without the prefix, e.g. "alice"; `undefined` for auto-promotion. */
  readonly actor: string | undefined;
  readonly uiBaseUrl: string | undefined;
  /** Where Applications live unless a step says otherwise. */
  readonly argocdNamespace: string;
}

/** What one attempt of a step gets. */
export interface StepContext<Config, Need extends PortName = never> {
  readonly config: Config;
  /** Exactly the ports that the definition names in `needs`. */
  readonly ports: Pick<StepPorts, Need>;
  readonly run: StepRun;
  /** What this step gave at its previous attempt, if any. */
  readonly previousOutput: JsonObject | undefined;
  /** What this step pinned when it first ran; only for `fetch` steps that are replayed or retried. */
  readonly pins: StepPins | undefined;
  /** Records what a `fetch` step resolved; it is in the journal before any later step acts outside. */
  pin(pins: StepPins): void;
  /** The claim that an earlier attempt of this `outward` step wrote and whose result is not known. */
  readonly claimed: StepPins | undefined;
  /** Writes a claim and returns when it is durable; call it right before acting. Throws when `signal` is aborted. */
  claim(claim: StepPins): Promise<void>;
  readonly signal: AbortSignal;
}

/** A problem of a step's configuration; `field` is a dotted path, "(root)" for the whole. */
export interface ConfigProblem {
  readonly field: string;
  readonly problem: string;
}

/** What the engine hands to a prepared step: everything but the configuration, and the ports that its kind needs. */
export type PreparedContext = Omit<StepContext<never>, 'config' | 'ports'> & {
  readonly ports: Partial<StepPorts>;
};

/** A step whose configuration has been understood and that can be tried. */
export type PreparedStep =
  | {
      readonly ok: true;
      /** May it act again when nobody knows whether it has? Only asked of kinds that do not find their own effect. */
      readonly isRepeatable: boolean;
      run(context: PreparedContext): Promise<StepOutcome>;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** A promotion step kind as the engine and the reference pages see it. Made by `defineStep`. */
export interface StepDefinition {
  /** The public name, equal to the folder's. */
  readonly name: string;
  readonly effect: StepEffect;
  /** False for `outward` kinds that cannot tell whether an earlier attempt has acted, e.g. a plain POST. */
  readonly findsOwnEffect: boolean;
  readonly needs: readonly PortName[];
  /** Kargo's default is none for most kinds. */
  readonly defaultTimeoutMs: number | undefined;
  /** Kargo's default is 1 for all kinds: the first error is final. */
  readonly defaultErrorThreshold: number;
  /** True for kinds whose output is merged into their task's output. */
  readonly propagatesTaskOutput: boolean;
  /** Validates evaluated configuration; a step without `config` is validated as an empty object. */
  prepare(config: JsonObject): PreparedStep;
  /** JSON schemas for forms and reference pages; computed when asked for. */
  schemas(): { readonly config: JsonObject; readonly output: JsonObject | undefined };
}
