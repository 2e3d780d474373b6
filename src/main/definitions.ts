import { type CustomResourceDefinition, customResourceDefinitions } from '../api/core/index.ts';
import { keyOf, type ResourceType } from '../api/meta/index.ts';
import type { JsonObject } from '../base/index.ts';
import { type KubeClient, kubeErrors } from '../kube/index.ts';
import type { Clock } from '../ports/index.ts';
import { mainErrors } from './errors.ts';

const servedLimitMs = 30_000;
const pollMs = 100;

/**
 * Creates a definition, or brings the one of an earlier version of the program up to date, and resolves when its kind is
 * served. Errors: kube.*; main.not-served.
 */
export async function installDefinition(
  deps: { readonly client: KubeClient; readonly clock: Clock },
  definition: CustomResourceDefinition,
  signal: AbortSignal,
): Promise<void> {
  const { client, clock } = deps;
  const stored = await createOrUpdate(client, definition, signal);
  const isEstablished = stored.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  );
  if (isEstablished === true) return;
  const endsAtMs = clock.nowMs() + servedLimitMs;
  while (!(await isServed(client, toType(definition), signal))) {
    if (clock.nowMs() >= endsAtMs)
      throw mainErrors.create(
        'main.not-served',
        `the kind of "${definition.metadata.name}" is not served ${servedLimitMs / 1000} s after its definition`,
      );
    await new Promise<void>((resolve) => clock.schedule(pollMs, resolve));
  }
}

async function createOrUpdate(
  { writer }: KubeClient,
  definition: CustomResourceDefinition,
  signal: AbortSignal,
): Promise<CustomResourceDefinition> {
  try {
    return await writer.create(customResourceDefinitions, definition, signal);
  } catch (error) {
    if (!kubeErrors.is(error, 'kube.already-exists')) throw error;
    const patch = { spec: (definition as unknown as JsonObject)['spec'] };
    return await writer.mergePatch(customResourceDefinitions, keyOf(definition), patch, {}, signal);
  }
}

async function isServed(client: KubeClient, type: ResourceType, signal: AbortSignal): Promise<boolean> {
  try {
    await client.reader.listLive(type, { fields: 'metadata.name=none' }, signal);
    return true;
  } catch (error) {
    if (!kubeErrors.is(error, 'kube.unknown-type')) throw error;
    return false;
  }
}

function toType({ spec }: CustomResourceDefinition): ResourceType {
  const version = spec.versions.find((one) => one.storage)?.name ?? '';
  const { kind, plural } = spec.names;
  return { group: spec.group, version, kind, plural, namespaced: spec.scope === 'Namespaced' };
}
