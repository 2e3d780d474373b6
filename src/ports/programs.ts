/** A program to run: without a shell, in an environment that holds nothing but what is given here. */
export interface ProgramCall {
  /** Absolute path of an executable file. */
  readonly path: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What it reads from its standard input; without it, that is empty. */
  readonly input?: string;
  /** An existing folder; the root of the file system when absent. */
  readonly workingFolder?: string;
  readonly timeLimitMs?: number;
  /** For standard output and standard error together. */
  readonly maxOutputBytes?: number;
  /** Resident memory of the program and all its descendants together. */
  readonly maxMemoryBytes?: number;
}

/** What a program did that came to its end. Both outputs may contain secrets; they belong into no message. */
export interface ProgramResult {
  /** `undefined` when a signal that nobody here sent has ended it. */
  readonly exitCode: number | undefined;
  readonly output: string;
  readonly errorOutput: string;
}

/**
 * Runs programs of the operator's choice.
 *
 * Guarantees: when the call ends, in whatever way, the program and its descendants are dead.
 * Limits: time, output and memory, also where the call names none; a few programs at once, the others wait.
 * Errors: programs.not-runnable, programs.timeout, programs.too-much-output, programs.too-much-memory; none of their
 * messages has a word of what the program wrote. The reason of the signal when it is aborted.
 */
export interface Programs {
  run(call: ProgramCall, signal: AbortSignal): Promise<ProgramResult>;
}
