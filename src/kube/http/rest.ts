import {
  type KubeObject,
  keyOf,
  type ObjectKey,
  type ResourceType,
  resourcePath,
} from '../../api/meta/index.ts';
import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '../../base/index.ts';
import type { ApplyOptions, JsonPatchOperation, LiveSelection, WriteOptions } from '../../ports/index.ts';
import { kubeErrors } from '../errors.ts';
import { readJsonLines } from './lines.ts';
import { assertComparable, parseObject } from './objects.ts';
import type { KubeRequest, Transport } from './transport.ts';

/** One page of a list. */
export interface Page<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  /** Where the next page starts; `undefined` on the last one. */
  readonly next: string | undefined;
}

/** What a delete did. */
export type DeleteAnswer<T extends KubeObject> =
  /** Gone, with its UID when the server said which it was. */
  | { readonly kind: 'gone'; readonly uid: string | undefined }
  /** Still there: marked for deletion, or about to go. */
  | { readonly kind: 'going'; readonly object: T };

/** How a watch starts. */
export interface WatchStart {
  readonly resourceVersion: string;
  readonly timeoutSeconds: number;
  /** Called when the server has accepted the watch. */
  readonly onOpen?: () => void;
}

/** The operations of the Kubernetes API over HTTP. Errors: kube.* */
export interface Rest {
  get<T extends KubeObject>(type: ResourceType<T>, key: ObjectKey, signal: AbortSignal): Promise<T>;
  /** One page; a `limit` of 0 asks for everything at once. */
  listPage<T extends KubeObject>(
    type: ResourceType<T>,
    selection: LiveSelection,
    page: { readonly limit: number; readonly next?: string },
    signal: AbortSignal,
  ): Promise<Page<T>>;
  /** Raw watch events; bookmarks are asked for. */
  watch(
    type: ResourceType,
    selection: LiveSelection,
    start: WatchStart,
    signal: AbortSignal,
  ): AsyncIterable<JsonObject>;
  create<T extends KubeObject>(type: ResourceType<T>, object: T, signal: AbortSignal): Promise<T>;
  /** Asks a question of a type that is answered and not stored. */
  review<T extends KubeObject>(
    type: ResourceType<T>,
    question: Omit<T, keyof KubeObject>,
    signal: AbortSignal,
  ): Promise<Omit<T, keyof KubeObject>>;
  patch<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    patch: JsonObject | readonly JsonPatchOperation[],
    options: WriteOptions,
    signal: AbortSignal,
  ): Promise<T>;
  apply<T extends KubeObject>(
    type: ResourceType<T>,
    object: KubeObject,
    options: ApplyOptions,
    signal: AbortSignal,
  ): Promise<T>;
  delete<T extends KubeObject>(
    type: ResourceType<T>,
    key: ObjectKey,
    preconditions: { readonly uid?: string; readonly resourceVersion?: string },
    signal: AbortSignal,
  ): Promise<DeleteAnswer<T>>;
}

/** The operations over a transport. */
export function createRest(transport: Transport): Rest {
  return {
    async get(type, key, signal) {
      return parseObject(
        type,
        await transport.json({ method: 'GET', path: resourcePath(type, key) }, signal),
      );
    },
    async listPage(type, selection, page, signal) {
      const query: Record<string, string> = selectionQuery(selection);
      if (page.limit > 0) query['limit'] = String(page.limit);
      if (page.next !== undefined) query['continue'] = page.next;
      const path = resourcePath(type, placeOf(selection));
      return parsePage(type, await transport.json({ method: 'GET', path, query }, signal));
    },
    async *watch(type, selection, start, signal) {
      const query = {
        ...selectionQuery(selection),
        watch: 'true',
        allowWatchBookmarks: 'true',
        resourceVersion: start.resourceVersion,
        timeoutSeconds: String(start.timeoutSeconds),
      };
      const path = resourcePath(type, placeOf(selection));
      const bytes = await transport.stream({ method: 'GET', path, query }, signal);
      start.onOpen?.();
      yield* readJsonLines(bytes);
    },
    async create(type, object, signal) {
      const { namespace } = object.metadata;
      const path = resourcePath(type, namespace === undefined ? {} : { namespace });
      return parseObject(type, await transport.json({ method: 'POST', path, body: toJson(object) }, signal));
    },
    async review<T extends KubeObject>(
      type: ResourceType<T>,
      question: Omit<T, keyof KubeObject>,
      signal: AbortSignal,
    ) {
      const apiVersion = type.group === '' ? type.version : `${type.group}/${type.version}`;
      const body = { apiVersion, kind: type.kind, metadata: {}, ...question };
      const answer = await transport.json({ method: 'POST', path: resourcePath(type, {}), body }, signal);
      if (isJsonObject(answer) && isJsonObject(answer['status']))
        return answer as unknown as Omit<T, keyof KubeObject>;
      throw kubeErrors.create('kube.protocol', `the server has not answered a ${type.kind}`);
    },
    async patch(type, key, patch, options, signal) {
      const request: KubeRequest = {
        method: 'PATCH',
        path: resourcePath(type, key, options.subresource),
        body: toJson(patch),
        contentType: Array.isArray(patch) ? 'application/json-patch+json' : 'application/merge-patch+json',
      };
      return parseObject(type, await transport.json(request, signal));
    },
    async apply(type, object, { fieldManager, force, subresource }, signal) {
      const request: KubeRequest = {
        method: 'PATCH',
        path: resourcePath(type, keyOf(object), subresource),
        query: { fieldManager, ...(force === true ? { force: 'true' } : {}) },
        body: toJson(object),
        contentType: 'application/apply-patch+yaml', // JSON is YAML
      };
      return parseObject(type, await transport.json(request, signal));
    },
    async delete(type, key, preconditions, signal) {
      const body: JsonObject = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        preconditions: { ...preconditions },
      };
      const path = resourcePath(type, key);
      const answer = await transport.json({ method: 'DELETE', path, body }, signal);
      if (!isJsonObject(answer) || answer['kind'] !== 'Status') {
        return { kind: 'going', object: parseObject(type, answer) };
      }
      const details = answer['details'];
      const uid = isJsonObject(details) ? details['uid'] : undefined;
      return { kind: 'gone', uid: typeof uid === 'string' ? uid : undefined };
    },
  };
}

function parsePage<T extends KubeObject>(type: ResourceType<T>, answer: JsonValue): Page<T> {
  const items = isJsonObject(answer) ? (answer['items'] ?? []) : undefined;
  const metadata = isJsonObject(answer) ? answer['metadata'] : undefined;
  const version = isJsonObject(metadata) ? metadata['resourceVersion'] : undefined;
  if (!Array.isArray(items) || !isJsonObject(metadata) || typeof version !== 'string') {
    throw kubeErrors.create('kube.protocol', `the server sent something that is no list of ${type.plural}`);
  }
  assertComparable(version);
  const next = metadata['continue'];
  return {
    items: items.map((item: JsonValue) => parseObject(type, item)),
    resourceVersion: version,
    next: typeof next === 'string' && next !== '' ? next : undefined,
  };
}

function selectionQuery(selection: LiveSelection): Record<string, string> {
  const query: Record<string, string> = {};
  if (selection.labels !== undefined && selection.labels !== '') query['labelSelector'] = selection.labels;
  if (selection.fields !== undefined && selection.fields !== '') query['fieldSelector'] = selection.fields;
  return query;
}

function placeOf(selection: LiveSelection): { namespace?: string } {
  return selection.namespace === undefined ? {} : { namespace: selection.namespace };
}

/** Kubernetes objects are JSON by construction; their interfaces just do not say so. */
function toJson(value: KubeObject | JsonObject | readonly JsonPatchOperation[]): JsonValue {
  return value as unknown as JsonObject | JsonArray;
}
