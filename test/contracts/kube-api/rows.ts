import type { Call } from './client.ts';

/** One expectation: what is sent after what, and what has to come back. */
export interface Row {
  readonly name: string;
  /** Sent first; each has to succeed. */
  readonly given?: readonly Call[];
  readonly call: Call;
  readonly want: {
    readonly code: number;
    /** A part of the answer. */
    readonly body?: unknown;
    /** The whole value at paths such as "metadata.generation"; `undefined` for "absent". */
    readonly at?: Readonly<Record<string, unknown>>;
    /** A part of `message`. */
    readonly message?: string;
    /** A part of the Warning header. */
    readonly warning?: string;
    /** A part of the content type. */
    readonly type?: string;
  };
  readonly because: string;
  /** Set where a genuine server does more than this one. */
  readonly embeddedOnly?: true;
}
