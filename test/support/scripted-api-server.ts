import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServedWidget, type Widget } from './widget.ts';

/** One way in which an answer goes wrong. */
export type Fault =
  /** All is well this time. */
  | 'none'
  | 'reset'
  | 'status-500'
  | 'status-503'
  | 'status-429'
  /** 429 with a Retry-After of a second. */
  | 'busy-for-a-second'
  | 'status-410'
  | 'status-404'
  | 'status-403'
  | 'login-page'
  /** Never answers, or never goes on. */
  | 'half-open'
  /** Lists only: ends in the middle. */
  | 'half-list'
  /** Watches only: goes wrong after the first event. */
  | 'reset-later'
  | 'gone-event'
  | 'error-event'
  | 'garbage'
  | 'truncated'
  | 'unknown-event'
  | 'end-at-once';

/** A watch that is well for some events, missed ones or fresh ones, and goes wrong instead of the next. */
export interface LateFault {
  readonly fault: Fault;
  readonly after: number;
}

/** An API server for Widgets that lists and watches correctly, except where its script says otherwise. */
export interface ScriptedApiServer {
  readonly url: string;
  /** The faults of the next list requests and of the next watch requests, in order; afterwards all is well. */
  readonly listFaults: Fault[];
  readonly watchFaults: (Fault | LateFault)[];
  /** How watches write: all of an event at once, a bookmark after each event, or each byte by itself. */
  manner: 'whole' | 'with-bookmarks' | 'in-bytes';
  /** Every "name@version" that ever was. */
  readonly everything: ReadonlySet<string>;
  /** Queries of all requests so far. */
  readonly requests: readonly URLSearchParams[];
  /** When each of them came, in milliseconds of `performance.now()`. */
  readonly timesMs: readonly number[];
  put(name: string): Widget;
  remove(name: string): void;
  /** Forgets the history, so that watches from before answer 410. */
  compact(): void;
  /** What is stored, as "name@version", sorted. */
  content(): readonly string[];
  close(): Promise<void>;
}

interface Entry {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly version: number;
  readonly object: Widget;
}

/** Starts the server on a free port of 127.0.0.1. */
export async function startScriptedApiServer(): Promise<ScriptedApiServer> {
  const objects = new Map<string, Widget>();
  const history: Entry[] = [];
  const watchers = new Set<(entry: Entry) => void>();
  const listFaults: Fault[] = [];
  const watchFaults: (Fault | LateFault)[] = [];
  const everything = new Set<string>();
  // What a list began with, for its further pages.
  const snapshots = new Map<number, readonly Widget[]>();
  const requests: URLSearchParams[] = [];
  const timesMs: number[] = [];
  let version = 10;
  let compacted = 10;

  function record(entry: Entry): void {
    history.push(entry);
    if (entry.type !== 'DELETED') everything.add(nameOf(entry.object));
    for (const watcher of [...watchers]) watcher(entry);
  }

  function list(query: URLSearchParams, response: ServerResponse): void {
    const fault = listFaults.shift();
    if (fault === 'half-open' || isFaulty(fault, response)) return;
    const limit = Number(query.get('limit') ?? 0) || Number.POSITIVE_INFINITY;
    const [start, asOf] = (query.get('continue') ?? `0:${version}`).split(':').map(Number);
    const current = (): readonly Widget[] =>
      [...objects.values()].sort((x, y) => (x.metadata.name < y.metadata.name ? -1 : 1));
    const all = start === 0 ? current() : snapshots.get(asOf ?? 0);
    if (all === undefined) {
      sendStatus(response, 410, 'Expired');
      return;
    }
    snapshots.set(asOf ?? 0, all);
    const end = (start ?? 0) + limit;
    const next = end < all.length ? { continue: `${end}:${asOf}` } : {};
    const metadata = { resourceVersion: String(asOf), ...next };
    sendJson(response, 200, { kind: 'WidgetList', metadata, items: all.slice(start, end) });
  }

  function watch(query: URLSearchParams, response: ServerResponse): void {
    const next = watchFaults.shift();
    const late = typeof next === 'object' ? next : undefined;
    const fault = next === 'none' || typeof next === 'object' ? undefined : next;
    if (isFaulty(fault, response)) return;
    const from = Number(query.get('resourceVersion'));
    if (from < compacted) {
      sendStatus(response, 410, 'Expired');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const missed = history.filter((entry) => entry.version > from);
    if (fault !== undefined) {
      misbehave(fault, response, missed[0], from);
      return;
    }
    let sent = 0;
    const send = (entry: Entry): void => {
      sent += 1;
      if (late === undefined || sent <= late.after) writeEvent(response, entry, scripted.manner);
      else if (sent === late.after + 1) misbehave(late.fault, response, entry, from);
    };
    for (const entry of missed) send(entry);
    watchers.add(send);
    response.on('close', () => watchers.delete(send));
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams;
    requests.push(query);
    timesMs.push(performance.now());
    if (query.get('watch') === 'true') watch(query, response);
    else list(query, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  const scripted: ScriptedApiServer = {
    manner: 'whole',
    timesMs,
    url: `http://127.0.0.1:${port}`,
    listFaults,
    watchFaults,
    everything,
    requests,
    put(name) {
      version += 1;
      const old = objects.get(name);
      const object = createServedWidget(name, version, {
        uid: old?.metadata.uid ?? `uid-${name}-${version}`,
      });
      objects.set(name, object);
      record({ type: old === undefined ? 'ADDED' : 'MODIFIED', version, object });
      return object;
    },
    remove(name) {
      const old = objects.get(name);
      if (old === undefined) return;
      version += 1;
      objects.delete(name);
      const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } };
      record({ type: 'DELETED', version, object });
    },
    compact() {
      version += 1;
      compacted = version;
      snapshots.clear();
      history.length = 0;
    },
    content: () => [...objects.values()].map(nameOf).sort(),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return scripted;
}

function writeEvent(response: ServerResponse, entry: Entry, manner: ScriptedApiServer['manner']): void {
  const bytes = Buffer.from(`${JSON.stringify(toEvent(entry))}\n`);
  if (manner === 'in-bytes') for (const byte of bytes) response.write(Buffer.of(byte));
  else response.write(bytes);
  const metadata = { resourceVersion: String(entry.version) };
  if (manner === 'with-bookmarks')
    response.write(`${JSON.stringify({ type: 'BOOKMARK', object: { metadata } })}\n`);
}

function nameOf({ metadata }: Widget): string {
  return `${metadata.name}@${metadata.resourceVersion}`;
}

/** Faults that spoil the head of an answer; false when the answer should begin normally. */
function isFaulty(fault: Fault | undefined, response: ServerResponse): boolean {
  switch (fault) {
    case 'reset':
      response.socket?.destroy();
      return true;
    case 'half-list':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"kind":"WidgetList","metadata":{"resourceVersion":"1"},"items":[', () =>
        response.destroy(),
      );
      return true;
    case 'status-500':
      sendStatus(response, 500, 'InternalError');
      return true;
    case 'status-503':
      sendStatus(response, 503, 'ServiceUnavailable');
      return true;
    case 'busy-for-a-second':
      response.setHeader('retry-after', '1');
      sendStatus(response, 429, 'TooManyRequests');
      return true;
    case 'status-429':
      response.setHeader('retry-after', '0');
      sendStatus(response, 429, 'TooManyRequests');
      return true;
    case 'status-410':
      sendStatus(response, 410, 'Expired');
      return true;
    case 'status-404':
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('404 page not found');
      return true;
    case 'status-403':
      sendStatus(response, 403, 'Forbidden');
      return true;
    case 'login-page':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>please log in</html>\n');
      return true;
    default:
      return false;
  }
}

/** Faults of a stream that began well: one event, if there is one, and then trouble. */
function misbehave(fault: Fault, response: ServerResponse, entry: Entry | undefined, from: number): void {
  const bookmark = { type: 'BOOKMARK', object: { metadata: { resourceVersion: String(from) } } };
  const first = `${JSON.stringify(entry === undefined ? bookmark : toEvent(entry))}\n`;
  switch (fault) {
    case 'half-open':
      return;
    case 'reset':
    case 'reset-later':
      response.write(first, () => response.socket?.destroy());
      return;
    case 'gone-event':
      response.end(
        `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`,
      );
      return;
    case 'error-event':
      response.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 500 } })}\n`);
      return;
    case 'garbage':
      response.end(`${first}{"type": nonsense\n`);
      return;
    case 'truncated':
      response.end(first.slice(0, first.length / 2));
      return;
    case 'unknown-event':
      response.end(`${JSON.stringify({ type: 'SURPRISE', object: {} })}\n`);
      return;
    default:
      response.end();
  }
}

function toEvent(entry: Entry): { type: string; object: Widget } {
  return { type: entry.type, object: entry.object };
}

function sendStatus(response: ServerResponse, code: number, reason: string): void {
  sendJson(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code,
    reason,
    message: reason,
  });
}

function sendJson(response: ServerResponse, statusCode: number, value: unknown): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
