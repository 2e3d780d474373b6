import { type Application, applications } from '../../api/argocd/index.ts';
import { equalJson } from '../../base/index.ts';
import type { Clock, Controller, Credential, GitRepos, KubeReader, KubeWriter } from '../../ports/index.ts';
import { decide, needsSource } from './decide.ts';
import { lookAtSource } from './source.ts';
import type { Plan, Seen } from './types.ts';

/** What the embedded Argo CD is made of. */
export interface EmbeddedArgoCdDeps {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
  readonly git: GitRepos;
  readonly clock: Clock;
}

/** Settings of the embedded Argo CD. */
export interface EmbeddedArgoCdOptions {
  /** How long an Application stays Progressing after a sync, in milliseconds. Default 1500. */
  readonly healthDelayMs?: number;
  /** For its own reads of git repositories. */
  readonly credential?: Credential;
}

/**
 * Argo CD's application controller in small: honours `operation` and the refresh annotation, keeps sync, health,
 * operationState and history, and reads the images from the value files instead of rendering charts.
 *
 * The Application has no status sub-resource, so every change is one merge patch made in `act`.
 */
export function createArgoCdController(
  deps: EmbeddedArgoCdDeps,
  options: EmbeddedArgoCdOptions = {},
): Controller<Application, Seen, Plan, undefined, undefined> {
  const { reader, writer, git, clock } = deps;
  return {
    name: 'embedded-argocd',
    type: applications,
    concurrency: 4,
    deadlineMs: 60_000,
    wakes: (old, object) => !equalJson(relevant(old), relevant(object)),
    watches: [],
    statusOf: () => undefined,
    reconciler: {
      async observe(key, signal) {
        const object = reader.get(applications, key);
        if (object === undefined) return 'gone';
        const source = needsSource(object)
          ? await lookAtSource(git, object, options.credential, signal)
          : undefined;
        return { object, nowMs: clock.nowMs(), source, healthDelayMs: options.healthDelayMs ?? 1500 };
      },
      decide,
      async act(plan, pass) {
        if (plan.patch === undefined) return undefined;
        const key = { namespace: plan.namespace, name: plan.name };
        await writer.mergePatch(applications, key, plan.patch, {}, pass.signal);
        return undefined;
      },
      report: (_seen, plan) => ({
        status: undefined,
        events: [],
        wakeUp:
          plan.wakeAfterMs === undefined ? { kind: 'none' } : { kind: 'after', delayMs: plan.wakeAfterMs },
      }),
    },
  };
}

function relevant(object: Application): unknown {
  return [object.operation, object.spec, object.metadata.annotations, object.metadata.deletionTimestamp];
}
