import {
  type ClusterPromotionTask,
  clusterPromotionTaskKind,
  type Freight,
  freightKind,
  labels,
  type Project,
  type ProjectConfig,
  type Promotion,
  type PromotionPolicy,
  type PromotionTask,
  projectConfigKind,
  projectKind,
  promotionKind,
  promotionTaskKind,
  type Stage,
  stageKind,
  stages,
  type Warehouse,
  warehouseKind,
} from '../api/v1alpha1/index.ts';
import { isJsonObject, type JsonObject } from '../base/index.ts';
import {
  type AdmissionRequest,
  type Defaulted,
  defaultFreight,
  defaultPromotion,
  defaultStage,
  defaultWarehouse,
  needsPromoteVerb,
  type Validated,
  validateClusterPromotionTask,
  validateFreight,
  validateProject,
  validateProjectConfig,
  validatePromotion,
  validatePromotionTask,
  validateStage,
  validateWarehouse,
} from '../domain/admission/index.ts';
import { type CacheByTagPolicy, readAutoPromotionPolicy } from '../domain/index.ts';
import type { Clock, KubeAccess } from '../ports/index.ts';
import type { Facts } from './facts.ts';

/** What the hooks work with. */
export interface HookDeps {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly cacheByTagPolicy: CacheByTagPolicy;
  /** A fresh ULID for this time, greater than all before. */
  nextUlid(nowMs: number): string;
  readonly access: KubeAccess;
}

/** What happens to one kind. Objects come as JSON whose shape has been checked. */
export interface Hook {
  /** The shape that objects must have to be looked at at all. */
  isReadable(object: JsonObject): boolean;
  mutate?(request: AdmissionRequest<JsonObject>, signal: AbortSignal): Promise<Defaulted<JsonObject>>;
  validate(request: AdmissionRequest<JsonObject>, signal: AbortSignal): Promise<Validated>;
}

/** The typed half of a hook; `toHook` is the one place where JSON becomes a type. */
interface TypedHook<T> {
  readonly members: { safeParse(value: unknown): { readonly success: boolean } };
  mutate?(request: AdmissionRequest<T>, signal: AbortSignal): Promise<Defaulted<T>> | Defaulted<T>;
  validate(request: AdmissionRequest<T>, signal: AbortSignal): Promise<Validated> | Validated;
}

/** All hooks, by the name of their kind in lower case. */
export function createHooks(deps: HookDeps): ReadonlyMap<string, Hook> {
  return new Map<string, Hook>([
    ['clusterpromotiontask', toHook<ClusterPromotionTask>(clusterPromotionTaskHook)],
    ['freight', toHook<Freight>(freightHook(deps))],
    ['project', toHook<Project>(projectHook(deps))],
    ['projectconfig', toHook<ProjectConfig>(projectConfigHook(deps))],
    ['promotion', toHook<Promotion>(promotionHook(deps))],
    ['promotiontask', toHook<PromotionTask>(promotionTaskHook(deps))],
    ['stage', toHook<Stage>(stageHook(deps))],
    ['warehouse', toHook<Warehouse>(warehouseHook(deps))],
  ]);
}

const clusterPromotionTaskHook: TypedHook<ClusterPromotionTask> = {
  members: clusterPromotionTaskKind.members,
  validate: validateClusterPromotionTask,
};

function promotionTaskHook({ facts }: HookDeps): TypedHook<PromotionTask> {
  return {
    members: promotionTaskKind.members,
    async validate(request, signal) {
      return validatePromotionTask(request, {
        namespace: await facts.namespace(namespaceOf(request), signal),
      });
    },
  };
}

function warehouseHook({ facts, cacheByTagPolicy }: HookDeps): TypedHook<Warehouse> {
  return {
    members: warehouseKind.members,
    mutate: defaultWarehouse,
    async validate(request, signal) {
      const namespace = await facts.namespace(namespaceOf(request), signal);
      return validateWarehouse(request, { namespace, cacheByTagPolicy });
    },
  };
}

function stageHook({ facts }: HookDeps): TypedHook<Stage> {
  return {
    members: stageKind.members,
    mutate: defaultStage,
    async validate(request, signal) {
      return validateStage(request, { namespace: await facts.namespace(namespaceOf(request), signal) });
    },
  };
}

function projectHook({ facts }: HookDeps): TypedHook<Project> {
  return {
    members: projectKind.members,
    async validate(request, signal) {
      const namespace = await facts.namespace(request.object.metadata.name, signal);
      return validateProject(request, { namespace });
    },
  };
}

function projectConfigHook({ facts }: HookDeps): TypedHook<ProjectConfig> {
  return {
    members: projectConfigKind.members,
    async validate(request, signal) {
      return validateProjectConfig(request, {
        namespace: await facts.namespace(namespaceOf(request), signal),
      });
    },
  };
}

function freightHook({ facts, clock }: HookDeps): TypedHook<Freight> {
  return {
    members: freightKind.members,
    async mutate(request, signal) {
      const needsAlias = request.operation === 'CREATE' && (request.object.alias ?? '') === '';
      const freshAlias = needsAlias ? await facts.freshAlias(signal) : '';
      return defaultFreight(request, { nowMs: clock.nowMs(), freshAlias });
    },
    async validate(request, signal) {
      const namespace = namespaceOf(request);
      const { metadata, alias = '', origin } = request.object;
      const isNew = request.operation === 'CREATE';
      const isGoing = request.operation === 'DELETE';
      // Its status changes all the time; only a new alias can be one that somebody has.
      const isAsked = alias !== '' && !isGoing && !hasAlias(request.oldObject, alias);
      const owners = isAsked ? await facts.aliasOwners(namespace, alias, signal) : [];
      return validateFreight(request, {
        namespace: isNew ? await facts.namespace(namespace, signal) : undefined,
        warehouse: isNew ? await facts.warehouse(namespace, origin.name, signal) : undefined,
        aliasOwners: owners.filter((name) => name !== metadata.name),
        usedBy: isGoing ? await facts.stagesRunning(namespace, metadata.name, signal) : [],
      });
    },
  };
}

function promotionHook(deps: HookDeps): TypedHook<Promotion> {
  return {
    members: promotionKind.members,
    mutate: (request, signal) => mutatePromotion(deps, request, signal),
    async validate(request, signal) {
      const namespace = namespaceOf(request);
      const { spec } = request.object;
      const isNew = request.operation === 'CREATE';
      const { username, groups } = request.requester;
      const key = { namespace, name: spec.stage };
      const [place, stage, freight, mayPromote] = await Promise.all([
        isNew ? deps.facts.namespace(namespace, signal) : undefined,
        isNew ? deps.facts.stage(namespace, spec.stage, signal) : undefined,
        isNew ? deps.facts.freight(namespace, spec.freight ?? '', signal) : undefined,
        !needsPromoteVerb(request) ||
          deps.access.isAllowed({ username, groups, verb: 'promote', type: stages, key }, signal),
      ]);
      return validatePromotion(request, {
        namespace: place,
        stage,
        freight,
        mayPromote,
        nowMs: deps.clock.nowMs(),
      });
    },
  };
}

/** False as well when the policies cannot be read. */
function isEnabled(policies: readonly PromotionPolicy[] | undefined, { metadata }: Stage): boolean {
  const policy = readAutoPromotionPolicy(policies, { name: metadata.name, labels: metadata.labels });
  return policy.ok && policy.isEnabled;
}

/** Is the Freight known by this alias already? */
function hasAlias(freight: Freight | undefined, alias: string): boolean {
  return freight?.alias === alias && freight.metadata.labels?.[labels.alias] === alias;
}

async function mutatePromotion(
  deps: HookDeps,
  request: AdmissionRequest<Promotion>,
  signal: AbortSignal,
): Promise<Defaulted<Promotion>> {
  const { facts, clock } = deps;
  const namespace = namespaceOf(request);
  const { spec } = request.object;
  const nowMs = clock.nowMs();
  const wantsFreight = request.operation === 'CREATE' && spec.freight !== undefined && spec.freight !== '';
  const [stage, freight, policies] = await Promise.all([
    facts.stage(namespace, spec.stage, signal),
    wantsFreight ? facts.freight(namespace, spec.freight, signal) : undefined,
    request.operation === 'CREATE' ? facts.promotionPolicies(namespace, signal) : undefined,
  ]);
  const isNew = request.operation === 'CREATE' && stage !== undefined;
  const isAutoPromotionEnabled = isNew && isEnabled(policies, stage);
  // Listing all Freight is the dear part; it is only needed where a choice is to be made or compared with.
  const needsCandidates = isNew && (isAutoPromotionEnabled || spec.origin !== undefined);
  const steps = stage?.spec.promotionTemplate?.spec.steps ?? [];
  return defaultPromotion(request, {
    stage,
    ulid: isNew ? deps.nextUlid(nowMs) : '',
    candidates: needsCandidates ? await facts.candidates(stage, nowMs, signal) : new Map(),
    freight: isNew ? freight : undefined,
    isAutoPromotionEnabled,
    findTask: isNew ? await facts.tasks(namespace, steps, signal) : () => undefined,
  });
}

/** The placeholder that makes a Promotion without steps readable; defaulting replaces steps in any case. */
const placeholderSteps = [{ uses: 'placeholder' }];

function toHook<T extends { readonly metadata: object }>(typed: TypedHook<T>): Hook {
  // The only place where JSON is taken for a type: its shape has been checked by `isReadable`.
  const toTyped = (request: AdmissionRequest<JsonObject>): AdmissionRequest<T> =>
    request as unknown as AdmissionRequest<T>;
  const { mutate } = typed;
  return {
    isReadable: (object) =>
      isJsonObject(object['metadata']) && typed.members.safeParse(readableForm(object)).success,
    ...(mutate === undefined
      ? {}
      : {
          async mutate(request: AdmissionRequest<JsonObject>, signal: AbortSignal) {
            return (await mutate(toTyped(request), signal)) as unknown as Defaulted<JsonObject>;
          },
        }),
    validate: async (request, signal) => typed.validate(toTyped(request), signal),
  };
}

/** The object without its status, which is not admission's business, and with steps where a Promotion has none yet. */
function readableForm(object: JsonObject): JsonObject {
  const { status: _, spec, ...rest } = object;
  if (!isJsonObject(spec)) return spec === undefined ? rest : { ...rest, spec };
  const isBarePromotion = object['kind'] === 'Promotion';
  return { ...rest, spec: isBarePromotion ? { ...spec, steps: placeholderSteps, vars: [] } : spec };
}

function namespaceOf(
  request: AdmissionRequest<{ readonly metadata: { readonly namespace?: string } }>,
): string {
  return request.object.metadata.namespace ?? '';
}
