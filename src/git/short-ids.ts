import type { GitRemote } from '../ports/index.ts';
import type { ObjectId } from '../wire/git/index.ts';
import { commitsOf } from './commits.ts';
import { gitErrors } from './errors.ts';
import type { RemoteObjects } from './objects.ts';
import type { GitTransport } from './transport.ts';
import { describeUrl } from './url.ts';

/** Commits of each branch that are looked at, newest first. */
const maxDepth = 1000;
/** Branches that are looked at. */
const maxBranches = 100;
const prefixes: readonly string[] = ['HEAD', 'refs/heads/', 'refs/tags/'];

/** Could this be the beginning of a commit's id? As short as git takes it. */
export function isShortId(text: string): boolean {
  return /^[0-9a-f]{4,39}$/.test(text);
}

/**
 * The commit whose id begins like this. No server can be asked for it: it is looked for among what references name and
 * the newest commits of branches.
 *
 * Errors: git.ref-not-found, also when several begin so.
 */
export async function findByShortId(
  remote: GitRemote,
  short: string,
  { transport, source }: { readonly transport: GitTransport; readonly source: RemoteObjects },
  signal: AbortSignal,
): Promise<ObjectId> {
  const refs = await transport.listRefs(remote, prefixes, signal);
  const known = new Set(refs.map(({ id, peeled }) => peeled ?? id));
  // Elsewhere all files would come along.
  if (transport.canFilter(remote)) {
    const heads = refs.filter(({ name }) => !name.startsWith('refs/tags/')).map(({ id }) => id);
    const wants = [...new Set(heads)].slice(0, maxBranches);
    const request = { wants, depth: maxDepth, filter: 'tree:0' };
    const fetched = wants.length === 0 ? new Map() : await source.fetch(request, signal);
    for (const id of commitsOf(fetched).keys()) known.add(id);
  }
  return pickByShortId(known, short, remote.url);
}

/** The one id that begins like this. Errors: git.ref-not-found. */
export function pickByShortId(ids: ReadonlySet<ObjectId>, short: string, url: string): ObjectId {
  const [found, other] = [...ids].filter((id) => id.startsWith(short));
  if (found !== undefined && other === undefined) return found;
  const many = `several commits of ${describeUrl(url)} begin with ${JSON.stringify(short)}`;
  const none = `no commit of ${describeUrl(url)} that was looked at begins with ${JSON.stringify(short)}`;
  throw gitErrors.create('git.ref-not-found', found === undefined ? none : many, {
    hint: 'Give all 40 hexadecimal digits.',
  });
}
