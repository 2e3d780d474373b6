import type { ErrorData } from '../base/index.ts';
import type { ExprCode } from './errors.ts';

/** Offsets in UTF-16 units within a source text; `end` is exclusive. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** What is wrong with an expression, and where. A value: compiling and evaluating never throw. */
export interface Problem extends SourceRange {
  readonly code: ExprCode;
  /** One line, without position. */
  readonly message: string;
  /** What is probably meant, or what to write instead. */
  readonly hint?: string | undefined;
  readonly data: ErrorData;
}

/** Something a host function needs that the snapshot does not hold: its kind and its key. */
export interface Need {
  /** E.g. "configMap". */
  readonly kind: string;
  /** Unique within the kind, e.g. "demo/settings". */
  readonly key: string;
}

interface FaultDetails {
  readonly data?: ErrorData;
  readonly range?: SourceRange | undefined;
  readonly hint?: string | undefined;
}

/** Carries a problem out of nested evaluation; never leaves the module's doors. */
export class Fault extends Error {
  readonly code: ExprCode;
  readonly data: ErrorData;
  readonly range: SourceRange | undefined;
  readonly hint: string | undefined;

  constructor(code: ExprCode, message: string, details: FaultDetails = {}) {
    super(message);
    this.code = code;
    this.data = details.data ?? {};
    this.range = details.range;
    this.hint = details.hint;
  }

  /** The same with another hint. */
  withHint(hint: string | undefined): Fault {
    return new Fault(this.code, this.message, { data: this.data, range: this.range, hint });
  }
}

/** Carries a need out of nested evaluation. Host functions throw what `need()` makes. */
export class NeedSignal extends Error {
  readonly needs: readonly Need[];

  constructor(needs: readonly Need[]) {
    super(`needs ${needs.map((need) => `${need.kind} ${need.key}`).join(', ')}`);
    this.needs = needs;
  }
}

/** What a host function throws when it misses data: evaluation stops and reports the need. */
export function need(kind: string, key: string): NeedSignal {
  return new NeedSignal([{ kind, key }]);
}

/** The same for several at once. */
export function needAll(needs: readonly Need[]): NeedSignal {
  return new NeedSignal(needs);
}

/** What a host function throws when it refuses its arguments. */
export function refuse(message: string, data: ErrorData = {}, hint?: string): Fault {
  return new Fault('expr.argument', message, { data, hint });
}

/** Turns a caught fault into a value; anything else is a defect and goes on. */
export function toProblem(caught: unknown, fallback: SourceRange): Problem {
  if (caught instanceof Fault) {
    const range = caught.range ?? fallback;
    return {
      code: caught.code,
      message: caught.message,
      ...(caught.hint === undefined ? {} : { hint: caught.hint }),
      data: caught.data,
      start: range.start,
      end: range.end,
    };
  }
  if (caught instanceof RangeError) {
    return { code: 'expr.limit', message: 'nested too deeply', data: {}, ...fallback };
  }
  throw caught;
}
