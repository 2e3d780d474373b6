import {
  type Application,
  type ApplicationOperationState,
  type ApplicationSource,
  promotionInfoName,
} from '../../api/argocd/index.ts';
import { createMergePatch, type JsonObject, type JsonValue } from '../../base/index.ts';
import { normalizeGitUrl } from '../../domain/index.ts';
import type { SourceUpdate } from './schema.ts';

const syncReason = 'Promotion triggered a sync of this Application resource.';
const controllerName = 'kargo-controller';

/** What to do about one Application now. */
export type SyncDecision =
  | { readonly kind: 'update' }
  | { readonly kind: 'wait'; readonly why: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly message: string };

/** The sources of an Application, whichever way its spec writes them. */
export function sourcesOf(application: Application): readonly ApplicationSource[] {
  const { source, sources } = application.spec ?? {};
  if (sources !== undefined && sources.length > 0) return sources;
  return source === undefined ? [] : [source];
}

/** Does a change apply to a source? Charts are compared literally, git repositories without regard to spelling. */
export function matchesSource(update: SourceUpdate, source: ApplicationSource): boolean {
  if (update.chart !== undefined || (source.chart !== undefined && source.chart !== '')) {
    return update.repoURL === source.repoURL && update.chart === source.chart;
  }
  return normalizeGitUrl(update.repoURL) === normalizeGitUrl(source.repoURL);
}

/** The revision that each source has to be at; empty where nothing is asked. */
export function desiredRevisions(
  application: Application,
  updates: readonly SourceUpdate[],
): readonly string[] {
  return sourcesOf(application).map(
    (source) => updates.find((update) => matchesSource(update, source))?.desiredRevision ?? '',
  );
}

/** The first change that no source of the Application takes. */
export function unmatchedUpdate(
  application: Application,
  updates: readonly SourceUpdate[],
): SourceUpdate | undefined {
  return updates.find((update) => !sourcesOf(application).some((source) => matchesSource(update, source)));
}

/**
 * Whether to start a sync, wait for one or be content.
 *
 * Guarantees: pure. A sync of somebody else is waited for, never counted as ours; ours counts only when it ended at the
 * revisions that were asked for.
 * Source: Kargo's behaviour on `status.operationState`; an `operation` that Argo CD has not picked up yet is waited for
 * too when it is ours, so that a sync is not asked for twice.
 */
export function decideSync(
  application: Application,
  promotion: string,
  desired: readonly string[],
): SyncDecision {
  const { operation, status } = application;
  if (operation && promotionOf(operation.info) === promotion) {
    return { kind: 'wait', why: 'Argo CD has not picked up the sync yet' };
  }
  const state = status?.operationState;
  if (!state) return { kind: 'update' };
  const owner = promotionOf(state.operation?.info);
  const isFinished =
    state.finishedAt !== undefined || ['Succeeded', 'Failed', 'Error'].includes(state.phase ?? '');
  if (!isFinished) {
    const why = owner === promotion ? 'the sync is running' : 'another sync is running';
    return { kind: 'wait', why };
  }
  if (owner !== promotion) return { kind: 'update' };
  if (!isAtRevisions(state, desired)) return { kind: 'update' };
  if (state.phase === 'Succeeded') return { kind: 'done' };
  const message = `Argo CD Application "${application.metadata.name}" in namespace "${application.metadata.namespace ?? ''}" failed with: ${state.message ?? state.phase ?? 'no message'}`;
  return { kind: 'failed', message };
}

/** A finished sync without a result, or at another revision than asked for, does not count. */
function isAtRevisions(state: ApplicationOperationState, desired: readonly string[]): boolean {
  if (desired.length === 0) return true;
  const result = state.syncResult;
  if (result === undefined) return false;
  const found =
    result.revisions !== undefined && result.revisions.length > 0 ? result.revisions : [result.revision];
  return desired.every((revision, index) => revision === '' || revision === found[index]);
}

function promotionOf(
  info: readonly { readonly name: string; readonly value: string }[] | undefined,
): string | undefined {
  return info?.find((item) => item.name === promotionInfoName)?.value;
}

/**
 * The merge patch that changes the sources of an Application and asks for a sync.
 *
 * Guarantees: pure; members that Gantry does not know are kept, list members by their index.
 */
export function planPatch(
  application: Application,
  updates: readonly SourceUpdate[],
  who: { readonly promotion: string; readonly actor: string | undefined },
): JsonObject {
  const { syncPolicy } = application.spec ?? {};
  const initiatedBy: JsonObject =
    who.actor === undefined || who.actor === ''
      ? { username: controllerName, automated: true }
      : { username: who.actor };
  return {
    metadata: { annotations: { 'argocd.argoproj.io/refresh': 'hard' } },
    ...(updates.length === 0 ? {} : { spec: planSources(application, updates) }),
    operation: replaceOperation(application, {
      initiatedBy,
      info: [
        { name: 'Reason', value: syncReason },
        { name: promotionInfoName, value: who.promotion },
      ],
      retry: syncPolicy?.retry ?? {},
      sync: syncPolicy?.syncOptions === undefined ? {} : { syncOptions: [...syncPolicy.syncOptions] },
    }),
    // Argo CD would otherwise show the end of the previous operation as that of this one (argo-cd#20875).
    ...(application.status === undefined ? {} : { status: { operationState: null } }),
  };
}

/** An operation of somebody else that was not picked up yet goes as a whole: a revision of it must not stay in ours. */
function replaceOperation(application: Application, next: JsonObject): JsonObject {
  if (!application.operation) return next;
  return createMergePatch(toJson(application.operation), next) ?? next;
}

function planSources(application: Application, updates: readonly SourceUpdate[]): JsonObject {
  const patched = sourcesOf(application).map((source) => {
    const update = updates.find((one) => matchesSource(one, source));
    return update === undefined ? toJson(source) : updateSource(source, update);
  });
  const { sources } = application.spec ?? {};
  return sources !== undefined && sources.length > 0 ? { sources: patched } : { source: patched[0] ?? null };
}

function updateSource(source: ApplicationSource, update: SourceUpdate): JsonObject {
  const { desiredRevision, updateTargetRevision, kustomize, helm } = update;
  return {
    ...toJson(source),
    ...(updateTargetRevision === true && desiredRevision !== undefined
      ? { targetRevision: desiredRevision }
      : {}),
    ...(kustomize === undefined
      ? {}
      : { kustomize: { ...toJson(source.kustomize ?? {}), images: mergeImages(source, kustomize.images) } }),
    ...(helm === undefined
      ? {}
      : { helm: { ...toJson(source.helm ?? {}), parameters: mergeParameters(source, helm.images) } }),
  };
}

type KustomizeImages = NonNullable<SourceUpdate['kustomize']>['images'];
type HelmParameters = NonNullable<SourceUpdate['helm']>['images'];

/** Images that the step does not name stay: losing them is a defect of the original. */
function mergeImages(source: ApplicationSource, images: KustomizeImages): string[] {
  const named = new Set(images.map((image) => image.repoURL));
  const others = (source.kustomize?.images ?? []).filter((text) => !named.has(imageName(text)));
  const set = images.map(({ repoURL, newName, tag, digest }) => {
    const name = newName === undefined ? repoURL : `${repoURL}=${newName}`;
    if (digest) return `${name}@${digest}`;
    return tag ? `${name}:${tag}` : name;
  });
  return [...others, ...set];
}

/** The image that an entry such as "nginx=registry/nginx:1.2" is about. */
function imageName(entry: string): string {
  const equals = entry.indexOf('=');
  if (equals >= 0) return entry.slice(0, equals);
  const at = entry.indexOf('@');
  const body = at >= 0 ? entry.slice(0, at) : entry;
  const colon = body.lastIndexOf(':');
  return colon > body.lastIndexOf('/') ? body.slice(0, colon) : body;
}

function mergeParameters(source: ApplicationSource, parameters: HelmParameters): JsonObject[] {
  const merged = (source.helm?.parameters ?? []).map((old) => {
    const next = parameters.find((one) => one.key === old.name);
    return next === undefined ? toJson(old) : { ...toJson(old), value: next.value };
  });
  const known = new Set(merged.map((one) => one['name']));
  const added = parameters
    .filter((one) => !known.has(one.key))
    .map(({ key, value }) => ({ name: key, value }));
  return [...merged, ...added];
}

function toJson(object: object): Record<string, JsonValue> {
  return { ...object } as Record<string, JsonValue>;
}
