import { applications } from '../../api/argocd/index.ts';
import { configMaps, namespaces, secrets } from '../../api/core/index.ts';
import { type KubeObject, keyOf, type ResourceType } from '../../api/meta/index.ts';
import { resourceTypeOf } from '../../api/structural/index.ts';
import { kargoKinds } from '../../api/v1alpha1/index.ts';
import { AppError, type JsonObject } from '../../base/index.ts';
import type { KubeClient } from '../../kube/index.ts';

const known: readonly ResourceType[] = [
  ...kargoKinds.map((kind) => resourceTypeOf(kind)),
  applications,
  configMaps,
  namespaces,
  secrets,
];

/** Creates an object, or merges it into the one that is there. Kinds: Kargo's, Application, and a few core ones. */
export async function applyObject(
  client: KubeClient,
  object: KubeObject,
  signal: AbortSignal,
): Promise<void> {
  const type = known.find(
    (one) =>
      one.kind === object.kind &&
      object.apiVersion === (one.group === '' ? one.version : `${one.group}/${one.version}`),
  );
  if (type === undefined) throw new Error(`no way to apply a ${object.apiVersion} ${object.kind}`);
  try {
    await client.writer.create(type, object, signal);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'kube.already-exists') throw error;
    await client.writer.mergePatch(type, keyOf(object), object as unknown as JsonObject, {}, signal);
  }
}
