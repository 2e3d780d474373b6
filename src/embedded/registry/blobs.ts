import { randomUUID } from 'node:crypto';
import { digestOf, parseDigest } from '../../wire/oci/index.ts';
import { type Call, problemReply, type Reply } from './reply.ts';
import { ensureRepository, type Store } from './store.ts';

/** Answers requests for `/v2/<name>/blobs/<digest>`. */
export function answerBlob(store: Store, name: string, reference: string, call: Call): Reply {
  const digest = parseDigest(reference);
  if (digest === undefined) return problemReply(400, 'DIGEST_INVALID', `"${reference}" is not a digest`);
  const content = store.get(name)?.blobs.get(digest);
  if (content === undefined) return problemReply(404, 'BLOB_UNKNOWN', `no blob ${digest}`);
  if (call.method === 'DELETE') {
    store.get(name)?.blobs.delete(digest);
    return { status: 202 };
  }
  if (call.method !== 'GET' && call.method !== 'HEAD') {
    return problemReply(405, 'UNSUPPORTED', `${call.method} is not supported`);
  }
  const headers = {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'docker-content-digest': digest,
    etag: `"${digest}"`,
  };
  const part = call.method === 'GET' ? readRange(call.headers['range'], content.length) : undefined;
  if (part === undefined) {
    return { status: 200, headers: { ...headers, 'content-length': String(content.length) }, body: content };
  }
  const { start, end } = part;
  if (start >= content.length || start > end)
    return { status: 416, headers: { 'content-range': `bytes */${content.length}` } };
  const body = content.subarray(start, end + 1);
  const range = `bytes ${start}-${end}/${content.length}`;
  return {
    status: 206,
    headers: { ...headers, 'content-range': range, 'content-length': String(body.length) },
    body,
  };
}

/** The one range that a header such as "bytes=100-" or "bytes=0-9" asks for; others are answered as if there were none. */
function readRange(
  header: string | undefined,
  sizeBytes: number,
): { readonly start: number; readonly end: number } | undefined {
  const parts = /^bytes=(?<start>\d{1,15})-(?<end>\d{0,15})$/.exec(header ?? '')?.groups;
  if (parts === undefined) return undefined;
  const end = parts['end'] === '' ? sizeBytes - 1 : Number(parts['end']);
  return { start: Number(parts['start']), end: Math.min(end, sizeBytes - 1) };
}

/** Answers `POST /v2/<name>/blobs/uploads/`: a mount, a push in one request, or the start of an upload. */
export async function startUpload(store: Store, name: string, call: Call): Promise<Reply> {
  const repository = ensureRepository(store, name);
  const mounted = parseDigest(call.query.get('mount') ?? '');
  const source =
    mounted === undefined ? undefined : store.get(call.query.get('from') ?? '')?.blobs.get(mounted);
  if (mounted !== undefined && source !== undefined) {
    repository.blobs.set(mounted, source);
    return blobCreated(name, mounted);
  }
  const id = randomUUID();
  repository.uploads.set(id, []);
  if (call.query.has('digest')) return finishUpload(store, name, id, call);
  return { status: 202, headers: uploadHeaders(name, id, 0) };
}

/** Answers requests for one upload: its progress, a chunk, the end, its cancellation. */
export async function answerUpload(store: Store, name: string, id: string, call: Call): Promise<Reply> {
  const chunks = store.get(name)?.uploads.get(id);
  if (chunks === undefined) return problemReply(404, 'BLOB_UPLOAD_UNKNOWN', `no upload "${id}"`);
  switch (call.method) {
    case 'GET':
      return { status: 204, headers: uploadHeaders(name, id, sizeOf(chunks)) };
    case 'PATCH':
      return appendChunk(name, id, chunks, call);
    case 'PUT':
      return finishUpload(store, name, id, call);
    case 'DELETE':
      store.get(name)?.uploads.delete(id);
      return { status: 204 };
    default:
      return problemReply(405, 'UNSUPPORTED', `${call.method} is not supported`);
  }
}

async function appendChunk(name: string, id: string, chunks: Uint8Array[], call: Call): Promise<Reply> {
  const start = /^(?:bytes )?(?<start>\d+)-\d+$/.exec(call.headers['content-range'] ?? '')?.groups?.['start'];
  const content = await call.readBody();
  if (start !== undefined && Number(start) !== sizeOf(chunks)) {
    return { status: 416, headers: uploadHeaders(name, id, sizeOf(chunks)) };
  }
  chunks.push(content);
  return { status: 202, headers: uploadHeaders(name, id, sizeOf(chunks)) };
}

async function finishUpload(store: Store, name: string, id: string, call: Call): Promise<Reply> {
  const repository = ensureRepository(store, name);
  const digest = parseDigest(call.query.get('digest') ?? '');
  const content = Buffer.concat([...(repository.uploads.get(id) ?? []), await call.readBody()]);
  repository.uploads.delete(id);
  if (digest === undefined || digestOf(content, digest) !== digest) {
    return problemReply(400, 'DIGEST_INVALID', 'the content does not have the given digest');
  }
  repository.blobs.set(digest, content);
  return blobCreated(name, digest);
}

function blobCreated(name: string, digest: string): Reply {
  return {
    status: 201,
    headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest },
  };
}

function uploadHeaders(name: string, id: string, sizeBytes: number): Record<string, string> {
  return {
    location: `/v2/${name}/blobs/uploads/${id}`,
    range: `0-${Math.max(0, sizeBytes - 1)}`,
    'docker-upload-uuid': id,
  };
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  let sizeBytes = 0;
  for (const chunk of chunks) sizeBytes += chunk.length;
  return sizeBytes;
}
