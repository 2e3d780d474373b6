/**
 * The Project controller: sees to the namespace, counts what is in it, clears traces of Stages that are gone.
 * It must never delete a namespace. Start reading at `decide.ts`.
 */
import { namespaces } from '../../api/core/index.ts';
import {
  freights,
  type Project,
  type ProjectStatus,
  projects,
  stages,
  warehouses,
} from '../../api/v1alpha1/index.ts';
import { toPanickedStatus } from '../../domain/index.ts';
import type { Clock, Controller, KubeReader, KubeWriter } from '../../ports/index.ts';
import { act } from './act.ts';
import { decide } from './decide.ts';
import { report } from './report.ts';
import type { ProjectDone, ProjectPlan, ProjectSeen } from './types.ts';
import { projectWatches, wakes } from './watch.ts';

export { projectErrors } from './errors.ts';
export type { ProjectDone, ProjectPlan, ProjectSeen } from './types.ts';

/** What the Project controller works with. */
export interface ProjectControllerDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly clock: Clock;
}

const passDeadlineMs = 60_000;

/** The Project controller as the runner takes it. */
export function createProjectController(
  deps: ProjectControllerDeps,
  options: { readonly concurrency: number },
): Controller<Project, ProjectSeen, ProjectPlan, ProjectDone, ProjectStatus> {
  const { reader, clock } = deps;
  return {
    name: 'project',
    type: projects,
    concurrency: options.concurrency,
    deadlineMs: passDeadlineMs,
    wakes,
    watches: projectWatches,
    reconciler: {
      async observe({ name }) {
        const object = reader.get(projects, { name });
        if (object === undefined) return 'gone';
        return {
          object,
          nowMs: clock.nowMs(),
          namespace: reader.get(namespaces, { name }),
          stages: reader.list(stages, { namespace: name }),
          warehouses: reader.list(warehouses, { namespace: name }),
          freight: reader.list(freights, { namespace: name }),
        };
      },
      decide,
      act: (plan, pass) => act(deps, plan, pass.signal),
      report,
    },
    statusOf: (project) => project.status,
    toPanicked: toPanickedStatus,
  };
}
