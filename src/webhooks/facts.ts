import { namespaces } from '../api/core/index.ts';
import {
  clusterPromotionTasks,
  type Freight,
  freights,
  labels,
  type PromotionPolicy,
  type PromotionStep,
  type PromotionTaskSpec,
  projectConfigs,
  promotionTasks,
  type Stage,
  stages,
  type Warehouse,
  warehouses,
} from '../api/v1alpha1/index.ts';
import type { NamespaceFact } from '../domain/admission/index.ts';
import {
  autoPromotionCandidates,
  createAlias,
  listAvailableFreight,
  referencedTasks,
  type TaskKind,
} from '../domain/index.ts';
import type { Random } from '../ports/index.ts';
import { joinReads, type LiveReader } from './joined-reads.ts';

const maxAliasDraws = 20;
const maxGivenAliases = 1000;

/**
 * Looks up what admission rules ask about. Everything is read live: the objects of one file are applied within
 * milliseconds, and a cache would be behind.
 */
export interface Facts {
  namespace(name: string, signal: AbortSignal): Promise<NamespaceFact | undefined>;
  stage(namespace: string, name: string, signal: AbortSignal): Promise<Stage | undefined>;
  warehouse(namespace: string, name: string, signal: AbortSignal): Promise<Warehouse | undefined>;
  freight(namespace: string, name: string, signal: AbortSignal): Promise<Freight | undefined>;
  /** An alias that no Freight in any namespace has, and that was not given to another request lately. */
  freshAlias(signal: AbortSignal): Promise<string>;
  /** Names of Freight in the namespace with this alias. */
  aliasOwners(namespace: string, alias: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Names of Stages that run the Freight now. */
  stagesRunning(namespace: string, freight: string, signal: AbortSignal): Promise<readonly string[]>;
  /** What the ProjectConfig says about auto-promotion, where there is one. */
  promotionPolicies(namespace: string, signal: AbortSignal): Promise<readonly PromotionPolicy[] | undefined>;
  /** What auto-promotion would choose for the Stage, by origin as text. */
  candidates(stage: Stage, nowMs: number, signal: AbortSignal): Promise<ReadonlyMap<string, Freight>>;
  /** The tasks that steps name, ready to be looked up. */
  tasks(
    namespace: string,
    steps: readonly PromotionStep[],
    signal: AbortSignal,
  ): Promise<(kind: TaskKind, name: string) => PromotionTaskSpec | undefined>;
}

/** Facts from the API server. */
export function createFacts(deps: { readonly reader: LiveReader; readonly random: Random }): Facts {
  const { random } = deps;
  const reader = joinReads(deps.reader);
  /** The aliases given last: the Freight that gets one is stored only after the answer. */
  const given = new Set<string>();
  function give(alias: string): string {
    given.add(alias);
    for (const oldest of given) {
      if (given.size <= maxGivenAliases) break;
      given.delete(oldest);
    }
    return alias;
  }
  return {
    async namespace(name, signal) {
      const found = await reader.getLive(namespaces, { name }, signal);
      if (found === undefined) return undefined;
      return {
        isProject: found.metadata.labels?.[labels.project] === 'true',
        isTerminating: found.metadata.deletionTimestamp !== undefined,
      };
    },
    stage: (namespace, name, signal) => reader.getLive(stages, { namespace, name }, signal),
    warehouse: (namespace, name, signal) => reader.getLive(warehouses, { namespace, name }, signal),
    freight: (namespace, name, signal) => reader.getLive(freights, { namespace, name }, signal),
    async freshAlias(signal) {
      for (let draw = 0; draw < maxAliasDraws; draw += 1) {
        const alias = give(createAlias(random, (candidate) => given.has(candidate)));
        const owners = await reader.listLive(freights, { labels: `${labels.alias}=${alias}` }, signal);
        if (owners.length === 0) return alias;
      }
      return `${createAlias(random, () => false)}-${random.uuid().slice(0, 8)}`;
    },
    async aliasOwners(namespace, alias, signal) {
      const selection = { namespace, labels: `${labels.alias}=${alias}` };
      const owners = await reader.listLive(freights, selection, signal);
      return owners.map(({ metadata }) => metadata.name);
    },
    async stagesRunning(namespace, freight, signal) {
      const all = await reader.listLive(stages, { namespace }, signal);
      return all
        .filter(({ status }) =>
          Object.values(status?.freightHistory?.[0]?.items ?? {}).some(({ name }) => name === freight),
        )
        .map(({ metadata }) => metadata.name);
    },
    async promotionPolicies(namespace, signal) {
      const config = await reader.getLive(projectConfigs, { namespace, name: namespace }, signal);
      return config?.spec?.promotionPolicies;
    },
    async candidates(stage, nowMs, signal) {
      const { namespace = '', name } = stage.metadata;
      const [freight, houses] = await Promise.all([
        reader.listLive(freights, { namespace }, signal),
        reader.listLive(warehouses, { namespace }, signal),
      ]);
      const requests = stage.spec.requestedFreight;
      const names = houses.map(({ metadata }) => metadata.name);
      const available = listAvailableFreight(freight, names, { stage: name, requests, nowMs });
      const lastMinted = houses.map(({ metadata, status }) => [metadata.name, status?.lastFreightID]);
      return autoPromotionCandidates(available.freight, requests, Object.fromEntries(lastMinted));
    },
    async tasks(namespace, steps, signal) {
      const found = new Map<string, PromotionTaskSpec>();
      for (const { kind, name } of referencedTasks(steps)) {
        const task =
          kind === 'ClusterPromotionTask'
            ? await reader.getLive(clusterPromotionTasks, { name }, signal)
            : await reader.getLive(promotionTasks, { namespace, name }, signal);
        if (task !== undefined) found.set(`${kind}/${name}`, task.spec);
      }
      return (kind, name) => found.get(`${kind}/${name}`);
    },
  };
}
