import { namespaces } from '../../api/core/index.ts';
import { finalizer, freights, labels, type Project, projects, stages } from '../../api/v1alpha1/index.ts';
import { AppError, describeError, type JsonObject } from '../../base/index.ts';
import { forgetStage } from '../../domain/index.ts';
import type { KubeReader, KubeWriter } from '../../ports/index.ts';
import { projectErrors } from './errors.ts';
import type { Leftover, ProjectDone, ProjectPlan } from './types.ts';

/** What the Project controller writes with. */
export interface ActDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
}

/** Carries out a plan for one Project; every write is safe to repeat. A failure is returned, not thrown. */
export async function act(deps: ActDeps, plan: ProjectPlan, signal: AbortSignal): Promise<ProjectDone> {
  try {
    await carryOut(deps, plan, signal);
    return { error: undefined };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof AppError) return { error };
    return { error: projectErrors.create('project.unexpected', describeError(error), { cause: error }) };
  }
}

async function carryOut(deps: ActDeps, plan: ProjectPlan, signal: AbortSignal): Promise<void> {
  switch (plan.kind) {
    case 'release':
      return releaseProject(deps, plan.project, signal);
    case 'create-namespace':
      return createNamespace(deps, plan.project, signal);
    case 'tend':
      for (const leftover of plan.leftovers) await forget(deps, plan.project, leftover, signal);
      return;
    case 'stall':
    case 'wait-for-namespace':
      return;
  }
}

async function releaseProject(deps: ActDeps, project: Project, signal: AbortSignal): Promise<void> {
  const { name, finalizers = [], resourceVersion } = project.metadata;
  if (!finalizers.includes(finalizer)) return;
  const rest = finalizers.filter((item) => item !== finalizer);
  const metadata = { finalizers: rest, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  await unlessCode(['kube.not-found'], () =>
    deps.writer.mergePatch(projects, { name }, { metadata }, {}, signal),
  );
}

/** No owner and no finalizer: a namespace outlives its Project unless somebody deletes it on purpose. */
async function createNamespace(deps: ActDeps, project: Project, signal: AbortSignal): Promise<void> {
  const metadata = { name: project.metadata.name, labels: { [labels.project]: 'true' } };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata };
  await unlessCode(['kube.already-exists'], () => deps.writer.create(namespaces, namespace, signal));
}

/**
 * A forgotten verification does not come back, so the Stage is looked up live first: the cache may not have it yet.
 */
async function forget(
  deps: ActDeps,
  project: Project,
  leftover: Leftover,
  signal: AbortSignal,
): Promise<void> {
  const namespace = project.metadata.name;
  for (const stage of leftover.stages) {
    const existing = await deps.reader.getLive(stages, { namespace, name: stage }, signal);
    if (existing !== undefined) continue;
    const key = { namespace, name: leftover.freight };
    const freight = await deps.reader.getLive(freights, key, signal);
    const status: JsonObject | undefined = freight === undefined ? undefined : forgetStage(freight, stage);
    if (status === undefined) continue;
    await unlessCode(['kube.not-found'], () =>
      deps.writer.mergePatch(freights, key, { status }, { subresource: 'status' }, signal),
    );
  }
}

async function unlessCode(codes: readonly string[], write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof AppError && codes.includes(error.code))) throw error;
  }
}
