import { annotationOf } from '../../api/meta/index.ts';
import { annotations, type Warehouse, type WarehouseStatus, warehouses } from '../../api/v1alpha1/index.ts';
import { credentialsAnnotation, groupAnnotations, toPanickedStatus } from '../../domain/index.ts';
import type { Controller, CredentialDesk, KubeReader, KubeWriter } from '../../ports/index.ts';
import { act } from './act.ts';
import { evaluateCriteria } from './criteria.ts';
import { decide } from './decide.ts';
import type { LookDeps } from './look.ts';
import { observe } from './observe.ts';
import { report } from './report.ts';
import type { WarehouseDone, WarehousePlan, WarehouseRules, WarehouseSeen } from './types.ts';
import { watchCredentials } from './watch.ts';

/** What the controller works with. */
export interface WarehouseControllerDeps extends LookDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  /** Tells what the credentials of a look were; without it, that is not reported. */
  readonly credentials?: Pick<CredentialDesk, 'lastUse'>;
}

/** How the controller works. */
export interface WarehouseOptions {
  /** The shard it is responsible for; objects without a shard belong to the default controller. */
  readonly shard?: string;
  /** Is it responsible for objects without a shard as well? Always so without a shard of its own. */
  readonly isDefault?: boolean;
  /** The shortest time between two looks at one Warehouse's repositories; none unless told. */
  readonly minIntervalMs?: number;
  /** Are Secrets in the cache, so that a new credential can wake the Warehouses that failed without it? */
  readonly wakeOnSecrets?: boolean;
  /** The namespace whose Secrets serve all Projects. */
  readonly sharedNamespace?: string;
  /** Warehouses worked on at once; most of the time is spent waiting for registries. */
  readonly concurrency?: number;
}

const defaultConcurrency = 32;
const deadlineMs = 180_000;

/** The Warehouse controller, for the runner. */
export function createWarehouseController(
  deps: WarehouseControllerDeps,
  options: WarehouseOptions = {},
): Controller<Warehouse, WarehouseSeen, WarehousePlan, WarehouseDone, WarehouseStatus> {
  const { shard } = options;
  const rules: WarehouseRules = {
    controllerName: shard === undefined ? 'warehouse-controller' : `warehouse-controller-${shard}`,
    minIntervalMs: options.minIntervalMs ?? 0,
    evaluateCriteria,
  };
  return {
    name: 'warehouse',
    type: warehouses,
    concurrency: options.concurrency ?? defaultConcurrency,
    deadlineMs,
    wakes: (old, object) =>
      old.metadata.generation !== object.metadata.generation ||
      hasNewRefresh(old, object) ||
      hasNewGroupRule(old, object) ||
      hasOther(old, object, credentialsAnnotation),
    watches: options.wakeOnSecrets === true ? [watchCredentials(options.sharedNamespace)] : [],
    reconciler: {
      observe: (key, signal) =>
        observe({ ...deps, shard: { name: shard, isDefault: options.isDefault === true } }, key, signal),
      decide: (seen) => decide(seen, rules),
      act: (plan, pass) => act(deps.writer, plan, pass.signal),
      report: (seen, plan, done) => report(seen, plan, done, rules),
    },
    statusOf: (object) => object.status,
    toPanicked: toPanickedStatus,
  };
}

function hasNewGroupRule(old: Warehouse, object: Warehouse): boolean {
  return Object.values(groupAnnotations).some((name) => hasOther(old, object, name));
}

function hasOther(old: Warehouse, object: Warehouse, annotation: string): boolean {
  return annotationOf(old, annotation) !== annotationOf(object, annotation);
}

function hasNewRefresh(old: Warehouse, object: Warehouse): boolean {
  const token = annotationOf(object, annotations.refresh);
  return token !== undefined && token !== annotationOf(old, annotations.refresh);
}
