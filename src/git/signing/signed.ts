import { type Commit, encodeCommit, encodeTag, type ObjectHeader, type Tag } from '../../wire/git/index.ts';
import type { Signer } from './types.ts';

const signatureHeader = 'gpgsig';

/** The commit with a signature, whatever signature it had before. */
export async function signCommit(commit: Commit, signer: Signer): Promise<Commit> {
  const bare = withoutSignature(commit);
  const signature = await signer.sign(encodeCommit(bare), commit.committer.timeSec);
  const header: ObjectHeader = { name: signatureHeader, value: signature.trimEnd() };
  return { ...bare, headers: [...bare.headers, header] };
}

/** The commit without signatures, as it was signed. */
export function withoutSignature(commit: Commit): Commit {
  const headers = commit.headers.filter(({ name }) => !name.startsWith(signatureHeader));
  return headers.length === commit.headers.length ? commit : { ...commit, headers };
}

/** What a commit's signature says to whoever holds a key. */
export async function readSignature(
  commit: Commit,
  signer: Signer | undefined,
): Promise<'none' | 'ours' | 'foreign'> {
  const signature = commit.headers.find(({ name }) => name === signatureHeader)?.value;
  if (signature === undefined) return 'none';
  const isOurs = await signer?.verify(encodeCommit(withoutSignature(commit)), `${signature}\n`);
  return isOurs === true ? 'ours' : 'foreign';
}

/** The tag with a signature at the end of its message. */
export async function signTag(tag: Tag, signer: Signer): Promise<Tag> {
  const signature = await signer.sign(encodeTag(tag), tag.tagger?.timeSec ?? 0);
  return { ...tag, message: `${tag.message}${signature}` };
}
