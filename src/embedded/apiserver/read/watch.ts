import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { namespaceOf, textAt, withMeta } from '../json-path.ts';
import type { ResourceRequest } from '../request.ts';
import { isTrue } from '../request.ts';
import { apiVersionOf } from '../resource.ts';
import { expired, invalid } from '../status.ts';
import type { StoreEvent } from '../storage.ts';
import { type Display, showObject, toTable } from './forms.ts';
import { parseSelection, type Selection } from './select.ts';

/** A client that reads slower than this is cut off and has to come back. */
const maxUnsentBytes = 32 * 1024 * 1024;
/** Without a wish of its own a watch lasts this long, and up to as long again. */
const minWatchMs = 30 * 60 * 1000;

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Refuses what a watch cannot be asked for. */
function assertWatchRules(query: URLSearchParams): void {
  const refuse = (field: string, message: string): never => {
    const problem = { field, reason: 'FieldValueForbidden', message };
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [problem]);
  };
  const match = query.get('resourceVersionMatch') ?? '';
  if (query.get('sendInitialEvents') === null) {
    if (match === '') return;
    const why = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    refuse('resourceVersionMatch', `Forbidden: ${why}`);
  }
  if (match === 'NotOlderThan') return;
  const why = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
  refuse('resourceVersionMatch', `Forbidden: ${why}`);
}

/** Streams the changes of a collection until the client leaves, the time is over or the server closes. */
export function streamWatch(
  context: ServerContext,
  request: ResourceRequest,
  { response, display }: { readonly response: ServerResponse; readonly display: Display },
): void {
  const { resource, query } = request;
  assertWatchRules(query);
  const fromRevision = Number(query.get('resourceVersion') ?? 0);
  const selection = parseSelection(resource, query, request.name);
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const writer = createWriter(context, request, { response, display });
  const isWanted = (object: JsonObject | undefined): boolean =>
    object !== undefined && isInScope(request, object) && selection.matches(object);
  const start = sendStart(context, request, { writer, isWanted, fromRevision });
  const listener = (event: StoreEvent): void => {
    const change = toChange(event, isWanted);
    if (change !== undefined) writer.send(change.type, change.object);
  };
  const unsubscribe = context.store.subscribe(resource.storage, start, listener);
  if (unsubscribe === 'expired') {
    writer.fail(expired(`too old resource version: ${fromRevision} (${context.store.revision()})`).body);
    response.end();
    return;
  }
  keepOpen(context, request, { response, writer, unsubscribe });
}

function isInScope(request: ResourceRequest, object: JsonObject): boolean {
  if (!request.resource.namespaced || request.namespace === undefined) return true;
  return namespaceOf(object) === request.namespace;
}

/** What a change of the store is to a client that sees a part of it: entering is ADDED, leaving is DELETED. */
function toChange(
  event: StoreEvent,
  isWanted: (object: JsonObject | undefined) => boolean,
): { readonly type: EventType; readonly object: JsonObject } | undefined {
  const before = event.type !== 'added' && isWanted(event.previous);
  const after = event.type !== 'deleted' && isWanted(event.object);
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object: event.object };
  if (!before) return undefined;
  if (event.type === 'deleted') return { type: 'DELETED', object: event.object };
  const left = withMeta(event.previous ?? event.object, { resourceVersion: String(event.revision) });
  return { type: 'DELETED', object: left };
}

/** Sends what is there where it is asked for, and answers the revision after which changes follow. */
function sendStart(
  context: ServerContext,
  request: ResourceRequest,
  {
    writer,
    isWanted,
    fromRevision,
  }: { readonly writer: Writer; readonly isWanted: Selection['matches']; readonly fromRevision: number },
): number {
  const { query } = request;
  const asked = query.get('sendInitialEvents');
  if (asked === null) {
    return fromRevision === 0 ? sendPresentState(context, request, { writer, isWanted }) : fromRevision;
  }
  if (!isTrue(asked)) return fromRevision === 0 ? context.store.revision() : fromRevision;
  const revision = sendPresentState(context, request, { writer, isWanted });
  if (isTrue(query.get('allowWatchBookmarks'))) writer.bookmark({ 'k8s.io/initial-events-end': 'true' });
  return revision;
}

function sendPresentState(
  context: ServerContext,
  request: ResourceRequest,
  { writer, isWanted }: { readonly writer: Writer; readonly isWanted: Selection['matches'] },
): number {
  const { resource } = request;
  const { items, revision } = context.store.list(resource.storage, request.namespace);
  for (const item of items) if (isWanted(item)) writer.send('ADDED', item);
  return revision;
}

interface Writer {
  send(type: EventType, stored: JsonObject): void;
  bookmark(annotations?: JsonObject): void;
  fail(status: JsonObject): void;
}

function createWriter(
  context: ServerContext,
  request: ResourceRequest,
  { response, display }: { readonly response: ServerResponse; readonly display: Display },
): Writer {
  const { resource } = request;
  let isFirst = true;
  const write = (type: string, text: string): void => {
    if (response.destroyed || response.writableEnded) return;
    response.write(`{"type":"${type}","object":${text}}\n`);
    if (response.writableLength > maxUnsentBytes) response.destroy();
  };
  const table = (items: readonly JsonObject[], resourceVersion: string): string => {
    const shown = toTable(context, resource, {
      items,
      metadata: { resourceVersion },
      display,
      withColumns: isFirst,
    });
    isFirst = false;
    return JSON.stringify(shown);
  };
  return {
    send(type, stored) {
      const version = textAt(stored, 'metadata', 'resourceVersion') ?? '';
      write(
        type,
        display.form === 'table'
          ? table([stored], version)
          : showObject(context, resource, { stored, display }),
      );
    },
    bookmark(annotations) {
      // The store delivers in order and at once, so everything up to its present revision has been sent.
      const version = String(context.store.revision());
      const bare = {
        kind: resource.kind,
        apiVersion: apiVersionOf(resource),
        metadata: {
          resourceVersion: version,
          creationTimestamp: null,
          ...(annotations === undefined ? {} : { annotations }),
        },
      };
      write('BOOKMARK', display.form === 'table' ? table([], version) : JSON.stringify(bare));
    },
    fail: (status) => write('ERROR', JSON.stringify(status)),
  };
}

function keepOpen(
  context: ServerContext,
  request: ResourceRequest,
  {
    response,
    writer,
    unsubscribe,
  }: {
    readonly response: ServerResponse;
    readonly writer: Writer;
    readonly unsubscribe: () => void;
  },
): void {
  const { clock, random, options, closing } = context;
  const wantsBookmarks = isTrue(request.query.get('allowWatchBookmarks'));
  const seconds = Number(request.query.get('timeoutSeconds') ?? 0);
  const lastsMs = seconds > 0 ? seconds * 1000 : minWatchMs * (1 + random.next());
  let cancelBookmark = (): void => {};
  const scheduleBookmark = (): void => {
    cancelBookmark = clock.schedule(options.bookmarkIntervalMs, () => {
      writer.bookmark();
      scheduleBookmark();
    });
  };
  if (wantsBookmarks) scheduleBookmark();
  const finish = (): void => {
    if (wantsBookmarks) writer.bookmark();
    response.end();
  };
  const cancelEnd = clock.schedule(lastsMs, finish);
  const onClosing = (): void => {
    response.end();
  };
  closing.addEventListener('abort', onClosing);
  response.on('close', () => {
    cancelBookmark();
    cancelEnd();
    unsubscribe();
    closing.removeEventListener('abort', onClosing);
  });
}
