import type { BranchWalk, CommitFact, GitMoment, GitTag, PathRule } from '../domain/index.ts';
import type { GitHistory, GitRef, GitRemote } from '../ports/index.ts';
import {
  type Commit,
  decodeCommit,
  decodeTag,
  type GitObject,
  type ObjectId,
  parseObjectId,
  type Signature,
} from '../wire/git/index.ts';
import type { Access } from './access.ts';
import { commitsOf } from './commits.ts';
import { readFirstParents } from './first-parents.ts';
import { Heads } from './heads.ts';
import type { RemoteObjects } from './objects.ts';
import { findTouching } from './touching.ts';
import type { GitTransport } from './transport.ts';

/** What the history is read with; shared with the rest of this module. */
export interface HistoryDeps {
  readonly transport: GitTransport;
  readonly access: Access;
  objectsOf(remote: GitRemote): RemoteObjects;
}

/** Tags that are asked for in one request. */
const maxTagsAtOnce = 2_000;

/** Reads histories over git's protocol. */
export class ProtocolHistory implements GitHistory {
  readonly #deps: HistoryDeps;
  /** Where walks began last: what lies behind is known. */
  readonly #seen = new Heads();

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  async listRefs(
    remote: GitRemote,
    prefixes: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly GitRef[]> {
    const refs = await this.#deps.transport.listRefs(remote, prefixes, signal);
    for (const { id, peeled } of refs) this.#deps.access.prove(remote, peeled ?? id);
    return refs.map(({ name, id, peeled }) => (peeled === undefined ? { name, id } : { name, id, peeled }));
  }

  async walk(
    remote: GitRemote,
    from: { readonly head: string; readonly count: number },
    signal: AbortSignal,
  ): Promise<BranchWalk> {
    const head = parseObjectId(from.head);
    const source = this.#deps.objectsOf(remote);
    await this.#assertProven(remote, [head], signal);
    const walk = { remote, head, count: from.count, seen: this.#seen };
    const { commits, isWhole } = await readFirstParents(source, walk, signal);
    const ids = commits.map(({ id }) => id);
    this.#deps.access.proveBelow(remote, head, ids);
    return { commits: commits.map(({ id, commit }) => toFact(id, commit)), isWhole };
  }

  async readTags(
    remote: GitRemote,
    refs: readonly GitRef[],
    signal: AbortSignal,
  ): Promise<readonly (GitTag | undefined)[]> {
    const source = this.#deps.objectsOf(remote);
    const tags: (GitTag | undefined)[] = [];
    for (let at = 0; at < refs.length; at += maxTagsAtOnce) {
      const some = refs.slice(at, at + maxTagsAtOnce);
      await this.#assertProven(
        remote,
        some.map(({ id, peeled }) => parseObjectId(peeled ?? id)),
        signal,
      );
      const ids = some.flatMap(({ id, peeled }) => (peeled === undefined ? [id] : [id, peeled]));
      const objects = await source.read(ids.map(parseObjectId), signal);
      tags.push(...some.map((ref) => toTag(ref, objects)));
    }
    return tags;
  }

  async findTouching(
    remote: GitRemote,
    { commits, rule }: { readonly commits: readonly string[]; readonly rule: PathRule },
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const source = this.#deps.objectsOf(remote);
    const ids = commits.map(parseObjectId);
    await this.#assertProven(remote, ids, signal);
    const known = commitsOf(await source.read(ids, signal));
    return findTouching(source, known, rule, signal);
  }

  /** Commits that the remote has not shown to this identity lately are asked for even if they are cached. */
  async #assertProven(remote: GitRemote, ids: readonly ObjectId[], signal: AbortSignal): Promise<void> {
    const wants = ids.filter((id) => !this.#deps.access.isProven(remote, id));
    if (wants.length === 0) return;
    await this.#deps.objectsOf(remote).fetch({ wants, depth: 1, filter: 'tree:0' }, signal);
    for (const id of wants) this.#deps.access.prove(remote, id);
  }
}

function toTag({ name, id, peeled }: GitRef, objects: ReadonlyMap<ObjectId, GitObject>): GitTag | undefined {
  const target = parseObjectId(peeled ?? id);
  const object = objects.get(target);
  if (object?.type !== 'commit') return undefined;
  const tag = {
    name: name.replace(/^refs\/tags\//, ''),
    commit: toFact(target, decodeCommit(object.data)),
  };
  const outer = peeled === undefined ? undefined : objects.get(parseObjectId(id));
  if (outer?.type !== 'tag') return tag;
  const { tagger, message } = decodeTag(outer.data);
  const who = tagger === undefined ? {} : { tagger: toPerson(tagger), taggedAt: toMoment(tagger) };
  return { ...tag, annotation: { ...who, message } };
}

function toFact(id: string, { author, committer, message }: Commit): CommitFact {
  return {
    id,
    author: toPerson(author),
    committer: toPerson(committer),
    committedAt: toMoment(committer),
    message,
  };
}

function toPerson({ name, email }: Signature): string {
  return `${name} <${email}>`;
}

function toMoment({ timeSec, timezone }: Signature): GitMoment {
  const size = Number(timezone.slice(1, 3)) * 3600 + Number(timezone.slice(3, 5)) * 60;
  return { timeSec, offsetSec: timezone.startsWith('-') ? -size : size };
}
