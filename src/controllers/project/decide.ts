import { labels } from '../../api/v1alpha1/index.ts';
import type { Leftover, ProjectPlan, ProjectSeen } from './types.ts';

/** The rules, in order; the first that answers decides. */
const rules: readonly ((seen: ProjectSeen) => ProjectPlan | undefined)[] = [
  function releaseDeleted({ object }) {
    return object.metadata.deletionTimestamp === undefined ? undefined : { kind: 'release', project: object };
  },
  function createMissing({ object, namespace }) {
    return namespace === undefined ? { kind: 'create-namespace', project: object } : undefined;
  },
  function waitForTerminating({ object, namespace }) {
    const isGoing = namespace?.metadata.deletionTimestamp !== undefined;
    return isGoing ? { kind: 'wait-for-namespace', project: object } : undefined;
  },
  function stallOnForeign({ object, namespace }) {
    const isOurs = namespace?.metadata.labels?.[labels.project] === 'true';
    return isOurs ? undefined : { kind: 'stall', project: object };
  },
];

/** What to do about a Project. Pure and total. */
export function decide(seen: ProjectSeen): ProjectPlan {
  for (const rule of rules) {
    const plan = rule(seen);
    if (plan !== undefined) return plan;
  }
  return { kind: 'tend', project: seen.object, leftovers: findLeftovers(seen) };
}

/**
 * Freight that speaks of Stages that are gone: a Stage of that name made later must not inherit verifications.
 * Nothing holds a Stage back when it is deleted, so this is where its traces go.
 */
function findLeftovers(seen: ProjectSeen): readonly Leftover[] {
  const existing = new Set(seen.stages.map(({ metadata }) => metadata.name));
  return seen.freight.flatMap(({ metadata, status }) => {
    const { currentlyIn = {}, verifiedIn = {}, approvedFor = {} } = status ?? {};
    const named = new Set([currentlyIn, verifiedIn, approvedFor].flatMap((entries) => Object.keys(entries)));
    const gone = [...named].filter((stage) => !existing.has(stage));
    return gone.length === 0 ? [] : [{ freight: metadata.name, stages: gone }];
  });
}
