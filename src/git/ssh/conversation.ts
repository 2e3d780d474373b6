import { PassThrough } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { gitErrors } from '../errors.ts';

/** Limits of what a program at the other end may do. */
export interface ConversationLimits {
  /** The longest silence. */
  readonly stallTimeoutMs: number;
  readonly maxBytes: number;
}

/** What the other end wrote for people, in bytes that are kept. */
const maxComplaintBytes = 2_000;

/** One exchange within a conversation. */
export interface Turn {
  /** For messages. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** Bytes that go back and forth between here and one program at the other end, within limits. */
export class Conversation {
  readonly output: AsyncIterable<Uint8Array>;
  readonly #channel: ClientChannel;
  readonly #limits: ConversationLimits;
  readonly #through = new PassThrough();
  readonly #closed: Promise<void>;
  #endTurn = (): void => undefined;
  #sizeBytes = 0;
  #what = '';
  #complaint = '';
  #exitCode: number | undefined;

  constructor(channel: ClientChannel, limits: ConversationLimits) {
    this.#channel = channel;
    this.#limits = limits;
    this.output = this.#read();
    const through = this.#through;
    channel.on('error', (error: Error) => through.destroy(error));
    channel.stderr.on('data', (chunk: Buffer) => {
      if (this.#complaint.length < maxComplaintBytes) this.#complaint += chunk.toString();
    });
    channel.on('exit', (code: unknown) => {
      if (typeof code === 'number') this.#exitCode = code;
    });
    this.#closed = new Promise((resolve) => channel.once('close', () => resolve()));
    // Also the end of a torn connection comes as an end; that an answer is whole is for its format to tell.
    channel.once('end', () => through.end());
    through.once('close', () => this.#endTurn());
    // Whoever stopped reading does not hear of errors.
    through.on('error', () => undefined);
    channel.pipe(through, { end: false });
  }

  /** From now on the limits and the signal of this turn hold. */
  begin({ what, signal }: Turn): void {
    this.#endTurn();
    this.#what = what;
    this.#sizeBytes = 0;
    const { stallTimeoutMs } = this.#limits;
    const fail = (error: unknown): void => {
      this.#through.destroy(error instanceof Error ? error : new Error(String(error)));
    };
    const silent = (): void =>
      fail(gitErrors.create('git.unreachable', `${what}: nothing came for ${stallTimeoutMs} ms`));
    const timer = setTimeout(silent, stallTimeoutMs);
    const refresh = (): void => void timer.refresh();
    const abort = (): void => fail(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    this.#channel.on('data', refresh).on('drain', refresh);
    this.#endTurn = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      this.#channel.off('data', refresh).off('drain', refresh);
      this.#endTurn = () => undefined;
    };
  }

  /** Nothing is expected until the next turn. */
  pause(): void {
    this.#endTurn();
  }

  /** Can more be said and heard? */
  get isOpen(): boolean {
    return this.#channel.writable && !this.#channel.readableEnded && !this.#through.destroyed;
  }

  /** Says something; as the last words, the other end knows that no more will come. */
  say(bytes: Uint8Array, { isLast }: { readonly isLast: boolean }): void {
    if (isLast) this.#channel.end(bytes);
    else this.#channel.write(bytes);
  }

  /** What the program complained of when it gave up before its answer was complete. */
  async complaint(graceMs: number): Promise<string | undefined> {
    // Its words and its end come on other ways than its answer.
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      void this.#closed.finally(() => clearTimeout(timer));
    });
    await Promise.race([this.#closed, late]);
    const text = this.#complaint
      .trim()
      .replaceAll(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ')
      .slice(0, 300);
    if (text !== '') return text;
    return this.#exitCode === undefined || this.#exitCode === 0 ? undefined : `exit code ${this.#exitCode}`;
  }

  /** Ends it; tells whether the other end agreed within the time. */
  async close(graceMs: number): Promise<boolean> {
    this.#endTurn();
    this.#channel.close();
    this.#channel.unpipe(this.#through);
    this.#through.destroy();
    // What nobody reads any more must not hold up the end.
    this.#channel.resume();
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), graceMs);
      void this.#closed.then(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    const { maxBytes } = this.#limits;
    for await (const chunk of this.#through as AsyncIterable<Uint8Array>) {
      this.#sizeBytes += chunk.length;
      if (this.#sizeBytes > maxBytes) {
        throw gitErrors.create('git.too-large', `${this.#what}: the answer is above ${maxBytes} bytes`);
      }
      yield chunk;
    }
  }
}
