import { type Application, applications } from '../api/argocd/index.ts';
import { AppError, describeError } from '../base/index.ts';
import type { ApplicationSelector, ArgoCd, KubeReader, KubeWriter } from '../ports/index.ts';
import { argocdErrors } from './errors.ts';

/** Applications as objects of the control plane, read live and written with optimistic locking. */
export function createKubernetesArgoCd(deps: {
  readonly reader: KubeReader;
  readonly writer: KubeWriter;
}): ArgoCd {
  const { reader, writer } = deps;
  return {
    get(namespace, name, signal) {
      return translated(`Application "${namespace}/${name}"`, () =>
        reader.getLive(applications, { namespace, name }, signal),
      );
    },
    list(namespace, selector, signal) {
      const labels = formatSelector(selector);
      return translated(`Applications in namespace "${namespace}"`, () =>
        reader.listLive(applications, { namespace, labels }, signal),
      );
    },
    patch(application, patch, signal) {
      const { name, namespace = '', resourceVersion } = application.metadata;
      const metadata =
        typeof patch['metadata'] === 'object' && patch['metadata'] !== null ? patch['metadata'] : {};
      const locked = {
        ...patch,
        metadata: { ...metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      };
      return translated(`Application "${namespace}/${name}"`, () =>
        writer.mergePatch<Application>(applications, { namespace, name }, locked, {}, signal),
      );
    },
    async refresh(namespace, name, signal) {
      const patch = { metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } } };
      await translated(`Application "${namespace}/${name}"`, () =>
        writer.mergePatch(applications, { namespace, name }, patch, {}, signal),
      );
    },
  };
}

/** A label selector in Kubernetes's syntax, e.g. "app=web,tier in (a,b),!legacy". */
export function formatSelector(selector: ApplicationSelector): string {
  const equals = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  const expressions = (selector.matchExpressions ?? []).map(({ key, operator, values }) => {
    const list = `(${(values ?? []).join(',')})`;
    switch (operator) {
      case 'In':
        return `${key} in ${list}`;
      case 'NotIn':
        return `${key} notin ${list}`;
      case 'Exists':
        return key;
      default:
        return `!${key}`;
    }
  });
  return [...equals, ...expressions].join(',');
}

async function translated<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    const details = { cause };
    if (cause.code === 'kube.conflict') {
      throw argocdErrors.create('argocd.conflict', `${what} has changed since it was read`, details);
    }
    if (cause.code === 'kube.not-found') {
      throw argocdErrors.create('argocd.not-found', `${what} does not exist`, details);
    }
    if (cause.code === 'kube.forbidden') {
      throw argocdErrors.create(
        'argocd.forbidden',
        `${what} may not be used: ${describeError(cause)}`,
        details,
      );
    }
    if (cause.disposition === 'stop') throw cause;
    const message = `${what} cannot be reached: ${describeError(cause)}`;
    throw argocdErrors.create('argocd.unreachable', message, { cause, disposition: cause.disposition });
  }
}
