import { type Application, applications } from '../../src/api/argocd/index.ts';
import type { JsonObject } from '../../src/base/index.ts';
import { createClusterArgoCd } from '../../test/support/cluster-argocd.ts';
import { createFakeCluster, type FakeCluster } from '../../test/support/fake-cluster.ts';
import { attemptRow, findStep, statusOf } from './steps.ts';
import { compareOutcome, notYet, type Outcome, type Row, type Table } from './table.ts';

/** Steps that change or watch Applications. */
export const argocdTable: Table = {
  name: 'argocd',
  prepare: () => (row) => {
    const name = String(row.input['step']);
    return findStep(name) === undefined ? notYet(`the step ${name}`) : runStep(name, row);
  },
};

interface Expected {
  readonly status: string;
  readonly output?: JsonObject;
  readonly applications?: Readonly<Record<string, JsonObject>>;
  readonly healthCheck?: { readonly Input: JsonObject };
}

async function runStep(name: string, row: Row): Promise<Outcome> {
  const definition = findStep(name);
  if (definition === undefined) return notYet(`the step ${name}`);
  const cluster = createFakeCluster({ watched: [{ type: applications }] });
  for (const object of row.input['applications'] as readonly JsonObject[]) {
    const whole = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', ...object };
    cluster.put(applications, whole as unknown as Application);
  }
  const previousOutput = row.input['previousOutput'] as JsonObject | undefined;
  const ports = { argocd: createClusterArgoCd(cluster) };
  const outcome = await attemptRow(definition, row.input['config'] as JsonObject, { ports, previousOutput });
  const want = row.expect as unknown as Expected;
  const isDone = outcome.kind === 'done';
  const actual = {
    status: statusOf(outcome),
    output: outcome.kind === 'done' || outcome.kind === 'waiting' ? outcome.output : undefined,
    applications: readChanged(cluster),
    ...(isDone ? { health: outcome.healthCheck?.config } : {}),
  };
  const expected = {
    status: want.status,
    output: want.output,
    applications: simplify(want.applications ?? {}),
    ...(isDone ? { health: want.healthCheck?.Input } : {}),
  };
  const { passed } = compareOutcome(expected, actual);
  return { passed, actual: { ...actual, outcome } };
}

/** The original writes an empty destination, which says nothing; status has its own table. */
function simplify(changed: Readonly<Record<string, JsonObject>>): JsonObject {
  return Object.fromEntries(
    Object.entries(changed).map(([key, { spec, operation }]) => {
      const { destination: _, ...rest } = (spec ?? {}) as JsonObject;
      return [key, { spec: rest, operation }];
    }),
  );
}

function readChanged(cluster: FakeCluster): JsonObject {
  const changed: Record<string, JsonObject> = {};
  for (const application of cluster.all(applications)) {
    const { name, namespace } = application.metadata;
    const { spec, operation } = JSON.parse(JSON.stringify(application)) as JsonObject;
    if (operation !== undefined) changed[`${namespace}/${name}`] = { spec, operation };
  }
  return changed;
}
