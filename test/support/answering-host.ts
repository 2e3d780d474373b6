import { createForges } from '../../src/forge/index.ts';
import type { Forges, HttpRequest, HttpResponse, LogFields } from '../../src/ports/index.ts';

/** One answer of a host: what it says, or the error of the connection. */
export type HostAnswer =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | Error;

/** A git host that answers in a given order, the last answer for ever, and what it was asked. */
export interface AnsweringHost {
  readonly asked: readonly HttpRequest[];
  readonly forges: Forges;
  readonly logged: readonly string[];
}

/** The moment at which the host's clients believe to be, in milliseconds. */
export const hostNowMs = 1_700_000_000_000;

/** Creates the adapters over a host that answers everything as told. */
export function createAnsweringHost(...answers: readonly HostAnswer[]): AnsweringHost {
  const asked: HttpRequest[] = [];
  const logged: string[] = [];
  const http = {
    async request(request: HttpRequest): Promise<HttpResponse> {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? {};
      asked.push(request);
      if (answer instanceof Error) throw answer;
      const text = answer.text ?? JSON.stringify(answer.json ?? {});
      return {
        status: answer.status ?? 200,
        url: request.url,
        headers: answer.headers ?? {},
        body: Buffer.from(text),
      };
    },
    stream: () => Promise.reject(new Error('not asked for')),
  };
  const clock = {
    nowMs: () => hostNowMs,
    schedule: (_: number, run: () => void) => {
      queueMicrotask(run);
      return () => undefined;
    },
  };
  const note = (message: string, fields?: LogFields) => {
    logged.push(`${message}: ${JSON.stringify(fields)}`);
  };
  const log = { debug: note, info: note, warn: note, error: note, child: () => log };
  return { asked, logged, forges: createForges({ http, clock, log }) };
}
