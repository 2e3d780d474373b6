import type { HttpResponse } from '../ports/index.ts';
import type { Repository } from './repository.ts';
import type { Transport } from './transport.ts';
import { refusedPush } from './upload.ts';

const maxAnswerBytes = 1024 * 1024;

/** Writes a manifest under a tag or its digest. Errors: oci.push-refused. */
export async function putManifest(
  transport: Transport,
  repository: Repository,
  {
    reference,
    manifest,
  }: {
    readonly reference: string;
    readonly manifest: { readonly mediaType: string; readonly content: Uint8Array };
  },
  signal: AbortSignal,
): Promise<HttpResponse> {
  const subject = `manifest "${reference}"`;
  const answer = await transport.send(
    repository,
    {
      method: 'PUT',
      path: `manifests/${reference}`,
      headers: { 'content-type': manifest.mediaType },
      body: manifest.content,
      maxBodyBytes: maxAnswerBytes,
      subject,
    },
    signal,
  );
  if (answer.status !== 201 && answer.status !== 202 && answer.status !== 200)
    throw refusedPush(repository, subject, answer.status);
  return answer;
}
