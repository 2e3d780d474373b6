import type { KubeObject, ObjectKey, ResourceType } from '../api/meta/index.ts';
import type { JsonValue } from '../base/index.ts';
import type { Report } from '../domain/index.ts';
import type { Change, KubeReader } from './kube.ts';

/** What `act` gets from the runner for the length of one pass. */
export interface Pass<Status> {
  /** Aborted when the pass is interrupted, runs past its deadline or the process stops. */
  readonly signal: AbortSignal;
  /**
   * Writes the status now, within the pass, and returns when the server has accepted it.
   *
   * Without `answers`, the write is accepted only while nobody else has changed the status and the object is not being
   * deleted; changes of spec or metadata in between do not matter. A status that an earlier pass left and that happens to be
   * the same is a change too, because that pass may have done already what the status announces. With `answers`, the write is accepted only while the
   * claim at that JSON pointer (from the root of the object) still stands, and is retried until it is accepted or the
   * claim is no longer ours. Both go on when `signal` is aborted, and end when the process does.
   * Errors: kube.conflict when the object moved on (without `answers`) or the claim is gone (with it); kube.invalid when
   * the server refuses the status.
   */
  checkpoint(
    status: Status,
    answers?: { readonly pointer: string; readonly value: JsonValue },
  ): Promise<void>;
}

/** The least that every `Seen` has: the object itself and the time of the look. */
export interface SeenObject<T extends KubeObject> {
  readonly object: T;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * The four functions of a controller. `decide` and `report` are pure; only `observe` reads, only `act` writes outside,
 * and the runner alone writes the status.
 */
export interface Reconciler<Seen, Plan, Done, Status> {
  observe(key: ObjectKey, signal: AbortSignal): Promise<Seen | 'gone'>;
  decide(seen: Seen): Plan;
  act(plan: Plan, pass: Pass<Status>): Promise<Done>;
  report(seen: Seen, plan: Plan, done: Done): Report<Status>;
}

/** Maps changes of a related type to the keys of the controller's own kind that they affect. Pure. */
export interface Watch<T extends KubeObject = KubeObject> {
  readonly type: ResourceType<T>;
  /**
   * How long a wake-up waits for more of its kind, in milliseconds; for what is told in figures, which many changes alter
   * one after the other. Default 0.
   */
  readonly settleMs?: number;
  toKeys(change: Change<T>, reader: KubeReader): readonly ObjectKey[];
}

/** How urgent a wake-up is; the queue serves lower numbers first. */
export type WakePriority = 'change' | 'timer' | 'resync';

/** A controller as the runner takes it. */
export interface Controller<T extends KubeObject, Seen extends SeenObject<T>, Plan, Done, Status> {
  /** As in metrics and logs, e.g. "stage". */
  readonly name: string;
  readonly type: ResourceType<T>;
  /** How many keys are worked on at once. */
  readonly concurrency: number;
  /** The longest that one pass may take, in milliseconds. */
  readonly deadlineMs: number;
  /** Does a change of the object itself wake the controller? A first sight always does. */
  wakes(old: T, object: T): boolean;
  /**
   * Changes that must stop a running pass at once (abort asked, deletion asked). Not asked about changes of the status
   * alone; the end of the object always interrupts.
   */
  interrupt?(old: T, object: T): boolean;
  readonly watches: readonly Watch[];
  readonly reconciler: Reconciler<Seen, Plan, Done, Status>;
  /** The status as the object has it now, to compute differences from. */
  statusOf(object: T): Status | undefined;
  /**
   * The status that tells of a pass which ended in an unforeseen exception; pure. The message is the same for the same
   * failure and holds nothing secret. `undefined` leaves the status alone, and so does a controller without it.
   */
  toPanicked?(object: T, message: string, nowMs: number): Status | undefined;
}
