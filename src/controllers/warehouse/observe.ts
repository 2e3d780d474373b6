import { keyOf, type ObjectKey } from '../../api/meta/index.ts';
import { freights, type Warehouse, warehouses } from '../../api/v1alpha1/index.ts';
import { AppError } from '../../base/index.ts';
import { isInShard, type Shard } from '../../domain/index.ts';
import type { CredentialDesk, KubeReader } from '../../ports/index.ts';
import { listUses } from './credentials.ts';
import { whyDue } from './due.ts';
import { toFreight } from './freight.ts';
import { candidatesOf } from './group.ts';
import { type LookDeps, lookAtAll } from './look.ts';
import type { Look, WarehouseSeen } from './types.ts';

/** What `observe` reads from. */
export interface ObserveDeps extends LookDeps {
  readonly reader: KubeReader;
  readonly shard: Shard;
  /** Tells what the credentials of a look were; without it, that is not reported. */
  readonly credentials?: Pick<CredentialDesk, 'lastUse'>;
}

/** Codes that say nothing about the repositories, only that others are before this Warehouse. */
const busyCodes: readonly string[] = ['discovery.busy', 'oci.busy'];
const busyMs = 2_000;

/** Reads a Warehouse, looks at its repositories when that is due, and whether its Freight exists. */
export async function observe(
  deps: ObserveDeps,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<WarehouseSeen | 'gone'> {
  const object = deps.reader.get(warehouses, key);
  if (object === undefined) return 'gone';
  const isMine = isInShard(deps.shard, object);
  const isIdle = !isMine || object.metadata.deletionTimestamp !== undefined;
  const look: Look = isIdle ? { kind: 'not-due' } : await lookIfDue(deps, object, signal);
  const artifacts = look.kind === 'found' ? look.artifacts : object.status?.discoveredArtifacts;
  const freight = artifacts === undefined ? undefined : toFreight(object, candidatesOf(object, artifacts));
  const hasFreight = freight !== undefined && deps.reader.get(freights, keyOf(freight)) !== undefined;
  const hasLooked = look.kind === 'found' || look.kind === 'failed';
  return {
    object,
    nowMs: deps.clock.nowMs(),
    isMine,
    look,
    hasFreight,
    ...(hasLooked && deps.credentials !== undefined
      ? { credentials: listUses(deps.credentials, object) }
      : {}),
  };
}

async function lookIfDue(deps: ObserveDeps, warehouse: Warehouse, signal: AbortSignal): Promise<Look> {
  const reason = whyDue(warehouse, deps.clock.nowMs());
  if (reason === undefined) return { kind: 'not-due' };
  try {
    return await lookAtAll(deps, warehouse, reason, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    if (busyCodes.includes(error.code)) return { kind: 'deferred', delayMs: error.retryAfterMs ?? busyMs };
    return { kind: 'failed', error };
  }
}
