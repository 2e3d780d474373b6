import type { JsonObject } from '../../base/index.ts';
import type { Clock, Log, Random } from '../../ports/index.ts';
import type { Conditions } from './admission/conditions.ts';
import type { Authentication, Authorizer, ServiceAccountTokens } from './auth/index.ts';
import type { Catalog } from './catalog.ts';
import type { Store } from './storage.ts';

/** What every stage of the server works with. */
export interface ServerContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: Store;
  readonly catalog: Catalog;
  readonly conditions: Conditions;
  readonly options: ServerSettings;
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
  readonly authentication: Authentication;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
}

/** Settings with all defaults filled in. */
export interface ServerSettings {
  readonly maxBodyBytes: number;
  readonly bookmarkIntervalMs: number;
  /** The CA that clients inside trust, PEM; empty without https. */
  readonly ca: string;
  readonly resolveService: ((service: JsonObject) => string | undefined) | undefined;
}

/** The time in the form of `metadata.creationTimestamp`. */
export function timestamp(clock: Clock): string {
  return `${new Date(clock.nowMs()).toISOString().slice(0, 19)}Z`;
}
