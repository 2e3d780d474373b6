/** Tells the time; the only way to learn it outside adapters. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /**
   * Calls `run` once after `delayMs`; the returned function cancels it. A timer never keeps the process alive.
   */
  schedule(delayMs: number, run: () => void): () => void;
}

/** Gives randomness; the only way to get it outside adapters. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A random (version 4) UUID. */
  uuid(): string;
}

/** Fields of a log line; names come from the fixed list in CONTRIBUTING. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes structured log lines. Messages are constant; what varies goes into fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds these fields to every line. */
  child(fields: LogFields): Log;
}

/** A counter with closed label sets. */
export interface Counter<Label extends string = string> {
  add(labels: Readonly<Record<Label, string>>, count?: number): void;
}

/** A value that goes up and down. */
export interface Gauge<Label extends string = string> {
  set(labels: Readonly<Record<Label, string>>, value: number): void;
}

/** A distribution. */
export interface Histogram<Label extends string = string> {
  observe(labels: Readonly<Record<Label, string>>, value: number): void;
}

/** Declares a metric: name with unit suffix, help text, label names. */
export interface MetricDeclaration<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly Label[];
}

/**
 * Creates metrics. Each module declares its own in its `metrics.ts`; declaring a name twice gives the same metric.
 */
export interface Metrics {
  counter<Label extends string>(declaration: MetricDeclaration<Label>): Counter<Label>;
  gauge<Label extends string>(declaration: MetricDeclaration<Label>): Gauge<Label>;
  histogram<Label extends string>(
    declaration: MetricDeclaration<Label> & { readonly buckets: readonly number[] },
  ): Histogram<Label>;
}
