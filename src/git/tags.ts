import type { LocalTag, TagDraft } from '../ports/index.ts';
import {
  encodeTag,
  type GitObject,
  hashObject,
  isRefName,
  type ObjectId,
  type Tag,
} from '../wire/git/index.ts';
import type { LocalCommit } from './commits.ts';
import { gitErrors } from './errors.ts';
import { signTag } from './signing/signed.ts';
import type { Signer } from './signing/types.ts';

/** What a tag stands on: a commit, and what of it only exists here. */
export interface TagPlace {
  readonly commit: ObjectId;
  readonly commits: readonly LocalCommit[];
  readonly objects: ReadonlyMap<ObjectId, GitObject>;
}

/** A tag that was made here, with its objects. */
export interface MadeTag extends LocalTag, TagPlace {
  readonly id: ObjectId;
  readonly commit: ObjectId;
  readonly object: GitObject;
}

/** Makes an annotated tag. Errors: git.bad-ref-name, git.signing-key-unusable. */
export async function createTag(
  draft: TagDraft,
  place: TagPlace,
  signer: Signer | undefined,
): Promise<MadeTag> {
  const { name, message, tagger } = draft;
  if (!isRefName(`refs/tags/${name}`) || name.startsWith('-')) {
    throw gitErrors.create('git.bad-ref-name', `${JSON.stringify(name)} cannot be the name of a tag`);
  }
  const tag: Tag = {
    object: place.commit,
    type: 'commit',
    name,
    tagger: { ...tagger, timezone: '+0000' },
    headers: [],
    message: message.endsWith('\n') ? message : `${message}\n`,
  };
  const data = encodeTag(signer === undefined ? tag : await signTag(tag, signer));
  return { ...place, id: hashObject('tag', data), object: { type: 'tag', data } };
}

/** The error for a name that is taken; `where` says by what. */
export function tagExists(name: string, where: string): Error {
  return gitErrors.create('git.tag-exists', `there is a tag ${JSON.stringify(name)} ${where} already`);
}
