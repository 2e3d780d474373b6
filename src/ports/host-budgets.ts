import type { HttpHead } from './http.ts';

/** One request's place among those to the same host. */
export interface RequestTurn {
  /** Host with its port, as in the URL. */
  readonly host: string;
  /** Whose limit at the host the request counts against, e.g. "secret kargo-demo/ghcr"; empty for anonymous ones. */
  readonly identity: string;
  /** Who shares the host fairly with others, usually a Project. */
  readonly party?: string;
  /** Does somebody wait for it? Then it overtakes what is only polled. */
  readonly isAwaited?: boolean;
  /** Does it count as a pull, where a registry counts those apart? */
  readonly isPull?: boolean;
}

/**
 * Shares each host among all who ask it: requests per second, requests at once, turns, pauses.
 *
 * Guarantees: hosts do not wait for each other; parties take turns; a pause that a host asks of one identity holds for
 * that identity alone; a host that fails again and again is left alone for a while.
 * Errors, each with the time to come back: http.host-paused (a pause too long to sit out), http.host-busy (a queue that is).
 */
export interface HostBudgets {
  /** Makes one exchange when its turn comes; what the answer says about limits counts for those that follow. */
  run<Answer extends HttpHead>(
    turn: RequestTurn,
    exchange: () => Promise<Answer>,
    signal: AbortSignal,
  ): Promise<Answer>;
  /** How long this turn's identity has to leave the host alone, in milliseconds; 0 when it need not. */
  pauseMs(turn: RequestTurn): number;
}
