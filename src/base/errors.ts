/** What to do about an error: back off and retry, come back after a stated delay, or wait for a human. */
export type Disposition = 'retry' | 'wait' | 'stop';

/** Plain data that is safe to log: no secrets, no bodies. */
export type ErrorData = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What a catalogue says about one code; the reference page of errors is generated from it. */
export interface ErrorEntry {
  readonly disposition: Disposition;
  /** One sentence: when it happens. */
  readonly summary: string;
  /** One sentence for the person who reads it: what to do. */
  readonly help: string;
}

/** What the place that raises an error adds to its code and message. */
export interface ErrorDetails {
  readonly data?: ErrorData;
  readonly cause?: unknown;
  /** Only with the disposition "wait": milliseconds until it is worth another try. */
  readonly retryAfterMs?: number;
  /** Overrides the catalogue where the raising code knows better. */
  readonly disposition?: Disposition;
  /** Overrides the catalogue's help for the reader. */
  readonly hint?: string;
}

/**
 * The one base of all errors that Gantry raises on purpose.
 *
 * Shape: `code` is stable, dotted, lower-case and documented ("git.auth-failed"); `message` is one line, says what
 * failed, for what, why, with values quoted, and never contains a secret.
 * Guarantees: nobody branches on `message`; `disposition` decides what happens next.
 */
export class AppError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly disposition: Disposition;
  readonly retryAfterMs: number | undefined;
  readonly data: ErrorData;
  readonly hint: string | undefined;

  constructor(code: Code, message: string, details: ErrorDetails & { readonly disposition: Disposition }) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.disposition = details.disposition;
    this.retryAfterMs = details.retryAfterMs;
    this.data = details.data ?? {};
    this.hint = details.hint;
  }
}

/** A module's closed set of error codes, with a factory and a test for each. */
export interface ErrorCatalogue<Code extends string> {
  readonly entries: Readonly<Record<Code, ErrorEntry>>;
  /** A new error of this code; disposition and hint come from the catalogue unless the details say otherwise. */
  create(code: Code, message: string, details?: ErrorDetails): AppError<Code>;
  /** Is this an error of this module, and of this code when one is given? */
  is(error: unknown, code?: Code): error is AppError<Code>;
}

/** Declares the error codes of one module. Each module has one `errors.ts` that calls this once. */
export function defineErrors<const Entries extends Readonly<Record<string, ErrorEntry>>>(
  entries: Entries,
): ErrorCatalogue<Extract<keyof Entries, string>> {
  type Code = Extract<keyof Entries, string>;
  return {
    entries,
    create(code: Code, message: string, details: ErrorDetails = {}): AppError<Code> {
      const entry = entries[code] as ErrorEntry;
      return new AppError(code, message, {
        ...details,
        disposition: details.disposition ?? entry.disposition,
        hint: details.hint ?? entry.help,
      });
    },
    is(error: unknown, code?: Code): error is AppError<Code> {
      if (!(error instanceof AppError)) return false;
      return code === undefined ? Object.hasOwn(entries, error.code) : error.code === code;
    },
  };
}

/** One line for a person, whatever was thrown; the only place that turns an unknown value into text. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message;
  return String(error);
}
