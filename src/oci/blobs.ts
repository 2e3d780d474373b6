import type { Clock, HttpStream } from '../ports/index.ts';
import { createDigester, type Digest } from '../wire/oci/index.ts';
import { startDeadline } from './deadline.ts';
import { ociErrors } from './errors.ts';
import { problemWith, toOciError } from './failures.ts';
import { placeOf, type Repository } from './repository.ts';
import type { Transport } from './transport.ts';

/** What is wanted of a blob. */
export interface BlobRequest {
  readonly digest: Digest;
  /** Where to begin; at the start unless told. */
  readonly offset?: number;
  /** How much; to the end unless told. */
  readonly length?: number;
  /** More than this is an error. */
  readonly maxBytes: number;
}

/** Times in a row that a broken connection is taken up without anything new. */
const maxStalls = 3;
/** A blob that takes longer to arrive is sent drop by drop. */
const maxReadMs = 1_800_000;

/**
 * The content of a blob while it arrives. A whole one is checked against its digest, and the error comes at the end; a
 * connection that breaks is taken up where it broke.
 */
export async function* readBlob(
  { transport, clock }: { readonly transport: Transport; readonly clock: Clock },
  repository: Repository,
  request: BlobRequest,
  caller: AbortSignal,
): AsyncGenerator<Uint8Array> {
  using deadline = startDeadline(clock, maxReadMs, caller);
  const { signal } = deadline;
  const { digest, offset = 0, length } = request;
  const isWhole = offset === 0 && length === undefined;
  const about = { repository, subject: `blob ${digest}` };
  const digester = isWhole ? createDigester(digest) : undefined;
  let sentBytes = 0;
  for (let stalls = 0; length === undefined || sentBytes < length; ) {
    const before = sentBytes;
    try {
      const place = { ...request, offset: offset + sentBytes };
      const answer = await openBlob(transport, repository, place, signal);
      if (answer === undefined) break;
      const left = length === undefined ? undefined : length - sentBytes;
      for await (const chunk of cut(answer, offset + sentBytes, left)) {
        sentBytes += chunk.length;
        if (sentBytes > request.maxBytes) {
          throw problemWith('oci.too-large', about, `is larger than ${request.maxBytes} bytes`);
        }
        digester?.update(chunk);
        yield chunk;
      }
      break;
    } catch (error) {
      if (deadline.isOver) {
        throw problemWith(
          'oci.unreachable',
          about,
          `takes longer than ${maxReadMs / 60_000} minutes to arrive`,
        );
      }
      // What could not be begun was tried often enough already; what broke off is taken up.
      const hasBegun = !ociErrors.is(error);
      const failure = toOciError(error, about, caller);
      stalls = sentBytes > before ? 0 : stalls + 1;
      const canGoOn = hasBegun && ociErrors.is(failure, 'oci.unreachable');
      if (!canGoOn || stalls === maxStalls) throw failure;
    }
  }
  if (digester !== undefined && digester.digest() !== digest) {
    throw problemWith('oci.digest-mismatch', about, 'has other content');
  }
}

/** `undefined` when nothing is left at that offset. */
async function openBlob(
  transport: Transport,
  repository: Repository,
  { digest, offset = 0, length }: BlobRequest,
  signal: AbortSignal,
): Promise<HttpStream | undefined> {
  const isPart = offset > 0 || length !== undefined;
  const end = length === undefined ? '' : offset + length - 1;
  const answer = await transport.open(
    repository,
    {
      method: 'GET',
      path: `blobs/${digest}`,
      ...(isPart ? { headers: { range: `bytes=${offset}-${end}` } } : {}),
      maxBodyBytes: Number.MAX_SAFE_INTEGER,
      subject: `blob ${digest}`,
      alsoFine: isPart ? [416] : [],
    },
    signal,
  );
  if (answer.status === 200 || answer.status === 206) return answer;
  await drop(answer);
  if (answer.status === 416) return undefined;
  const message = `registry ${repository.host} has no blob ${digest} in ${repository.label}`;
  throw ociErrors.create('oci.not-found', message, { data: placeOf(repository) });
}

async function drop(answer: HttpStream): Promise<void> {
  for await (const _ of answer.body) break;
}

/** What was wanted of an answer that may have begun at the start instead, and may go on for longer. */
async function* cut(
  answer: HttpStream,
  offset: number,
  length: number | undefined,
): AsyncGenerator<Uint8Array> {
  const startedAt = answer.status === 206 ? (readStart(answer.headers['content-range']) ?? offset) : 0;
  let toSkip = offset - startedAt;
  let left = length ?? Number.POSITIVE_INFINITY;
  if (toSkip < 0) return;
  for await (const chunk of answer.body) {
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    const part = chunk.subarray(skipped, skipped + Math.min(left, chunk.length));
    left -= part.length;
    if (part.length > 0) yield part;
    if (left === 0) return;
  }
}

// E.g. "bytes 100-199/1000".
function readStart(header: string | undefined): number | undefined {
  const start = /^bytes (?<start>\d{1,15})-/.exec(header ?? '')?.groups?.['start'];
  return start === undefined ? undefined : Number(start);
}
