import type { BlobDraft, HttpResponse } from '../ports/index.ts';
import { ociErrors } from './errors.ts';
import { placeOf, type Repository } from './repository.ts';
import type { RegistryRequest, Transport } from './transport.ts';

const maxAnswerBytes = 1024 * 1024;
/** For one request with a body. */
const uploadTimeoutMs = 600_000;
/** A push in pieces that goes wrong begins anew so often. */
const maxTries = 2;
const octets = 'application/octet-stream';

/** Pushes a blob unless it is there: mounted, in pieces or in one piece. */
export async function pushBlob(
  transport: Transport,
  repository: Repository,
  blob: BlobDraft,
  signal: AbortSignal,
): Promise<void> {
  const { digest } = blob;
  const common = { maxBodyBytes: maxAnswerBytes, subject: `blob ${digest}` };
  const head = await transport.send(
    repository,
    { method: 'HEAD', path: `blobs/${digest}`, ...common },
    signal,
  );
  if (head.status === 200) return;
  for (let count = 1; ; count++) {
    try {
      return await upload(transport, repository, blob, signal);
    } catch (error) {
      // What became of a piece that broke off is not known; a new session knows nothing of it.
      if (count === maxTries || !ociErrors.is(error, 'oci.unreachable')) throw error;
    }
  }
}

async function upload(
  transport: Transport,
  repository: Repository,
  blob: BlobDraft,
  signal: AbortSignal,
): Promise<void> {
  const opened = await openUpload(transport, repository, blob, signal);
  if (opened.status === 201) return;
  if (opened.status !== 202) throw refusedPush(repository, `blob ${blob.digest}`, opened.status);
  const place = placeOfUpload(opened, repository);
  const last =
    blob.chunkBytes === undefined
      ? await sendWhole(transport, repository, { blob, place }, signal)
      : await sendChunks(transport, repository, { blob, opened, chunkBytes: blob.chunkBytes }, signal);
  if (last.status !== 201) throw refusedPush(repository, `blob ${blob.digest}`, last.status);
}

/** A registry that cannot mount opens a session instead, and so does one that was not asked to. */
function openUpload(
  transport: Transport,
  repository: Repository,
  { digest, mountFrom }: BlobDraft,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const query =
    mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: mountFrom }).toString()}`;
  const reader = mountFrom === undefined ? repository : { ...repository, alsoReads: mountFrom };
  const request: RegistryRequest = {
    method: 'POST',
    path: `blobs/uploads/${query}`,
    headers: { 'content-type': octets },
    body: new Uint8Array(),
    maxBodyBytes: maxAnswerBytes,
    subject: `blob ${digest}`,
  };
  return transport.send(reader, request, signal);
}

/** Where to go on: a path of the same host, whatever scheme and port a proxy made the registry believe in. */
function placeOfUpload(answer: HttpResponse, repository: Repository): URL {
  const { location = '' } = answer.headers;
  const place = URL.canParse(location, answer.url) ? new URL(location, answer.url) : undefined;
  if (place?.hostname !== new URL(answer.url).hostname || location === '') {
    throw ociErrors.create(
      'oci.protocol',
      `registry ${repository.host} names no place of its own for a push to ${repository.label}`,
      { data: placeOf(repository) },
    );
  }
  return place;
}

function sendWhole(
  transport: Transport,
  repository: Repository,
  { blob, place }: { readonly blob: BlobDraft; readonly place: URL },
  signal: AbortSignal,
): Promise<HttpResponse> {
  return transport.send(
    repository,
    {
      method: 'PUT',
      path: withDigest(place, blob.digest),
      headers: { 'content-type': octets, 'content-length': String(blob.sizeBytes) },
      body: () => blob.open(),
      maxBodyBytes: maxAnswerBytes,
      subject: `blob ${blob.digest}`,
      isRepeatable: false,
      timeoutMs: uploadTimeoutMs,
    },
    signal,
  );
}

async function sendChunks(
  transport: Transport,
  repository: Repository,
  {
    blob,
    opened,
    chunkBytes,
  }: { readonly blob: BlobDraft; readonly opened: HttpResponse; readonly chunkBytes: number },
  signal: AbortSignal,
): Promise<HttpResponse> {
  const common = { maxBodyBytes: maxAnswerBytes, subject: `blob ${blob.digest}`, isRepeatable: false };
  const leastBytes = Number(opened.headers['oci-chunk-min-length'] ?? 0);
  const sizeBytes = Math.max(chunkBytes, Number.isFinite(leastBytes) ? leastBytes : 0);
  let answer = opened;
  let start = 0;
  for await (const piece of inPieces(blob.open(), sizeBytes)) {
    const place = placeOfUpload(answer, repository);
    const headers = {
      'content-type': octets,
      'content-length': String(piece.length),
      'content-range': `${start}-${start + piece.length - 1}`,
    };
    answer = await transport.send(
      repository,
      {
        method: 'PATCH',
        path: place.pathname + place.search,
        headers,
        body: piece,
        timeoutMs: uploadTimeoutMs,
        ...common,
      },
      signal,
    );
    if (answer.status !== 202) throw refusedPush(repository, `blob ${blob.digest}`, answer.status);
    start += piece.length;
  }
  const place = placeOfUpload(answer, repository);
  const headers = { 'content-type': octets, 'content-length': '0' };
  return transport.send(
    repository,
    { method: 'PUT', path: withDigest(place, blob.digest), headers, body: new Uint8Array(), ...common },
    signal,
  );
}

async function* inPieces(content: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of content) {
    let rest = chunk;
    while (heldBytes + rest.length >= sizeBytes) {
      const part = rest.subarray(0, sizeBytes - heldBytes);
      yield Buffer.concat([...held, part]);
      rest = rest.subarray(part.length);
      held = [];
      heldBytes = 0;
    }
    if (rest.length > 0) held.push(rest);
    heldBytes += rest.length;
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}

function withDigest(place: URL, digest: string): string {
  const url = new URL(place);
  url.searchParams.set('digest', digest);
  return url.pathname + url.search;
}

/** The error for an answer that is no acceptance. */
export function refusedPush(repository: Repository, subject: string, status: number): Error {
  return ociErrors.create(
    'oci.push-refused',
    `registry ${repository.host} answers ${status} to pushing ${subject} of ${repository.label}`,
    { data: { ...placeOf(repository), status } },
  );
}
