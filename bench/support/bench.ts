import type { World, WorldOptions } from './world.ts';

/** One thing measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** E.g. "ms", "s CPU", "requests". */
  readonly unit: string;
  /** What design goals ask for, in words; printed beside the value. */
  readonly goal?: string;
}

/** What a bench is given. */
export interface BenchContext {
  /** Starts servers of its own; they end with the bench. */
  openWorld(options?: WorldOptions): Promise<World>;
  /** Arguments of Node for the controllers' process, e.g. "--cpu-prof". */
  readonly controllerNodeArgs: readonly string[];
  readonly signal: AbortSignal;
  /** Says what goes on, on stderr. */
  note(text: string): void;
}

/** A measurement. */
export interface Bench {
  readonly name: string;
  /** What is measured, in a sentence. */
  readonly about: string;
  run(context: BenchContext): Promise<readonly Figure[]>;
}
