import { posix } from 'node:path';
import { AppError } from '../../base/index.ts';
import type { StepOutcome } from '../../domain/index.ts';
import type { GitRemote, RefTarget, ResolvedRef, StepContext } from '../../ports/index.ts';
import { isSparseDirectory } from '../../wire/git-files/index.ts';
import { signedBy, toCommitter, toSignature } from '../committer.ts';
import { shortName, withRemote } from '../git-remote.ts';
import type { GitCloneConfig } from './schema.ts';
import { checkOutSubmodules, type Mount } from './submodules.ts';

type Context = StepContext<GitCloneConfig, 'git' | 'credentials' | 'committers' | 'workdir'>;
type Checkout = GitCloneConfig['checkout'][number];

/**
 * Mounts lazily fetched work trees. Only references and commits are read here; files are fetched when a later step reads
 * them. The resolved commits are pinned, so that a replay sees the same files although a branch has moved.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const refused = refuse(context.config);
  if (refused !== undefined) return refused;
  const { config, ports } = context;
  const { mounts, pins, commits } = await withRemote(context, config, checkOut);
  const submodules = config.recurseSubmodules === true ? await checkOutSubmodules(context, mounts) : [];
  // All or nothing: a step that failed is not replayed, so it must leave nothing behind.
  const taken = firstRepeated([...mounts, ...submodules].map(({ path }) => placeOf(path)));
  if (taken !== undefined) return invalid(`there are two checkouts or submodules at "${taken}"`);
  const author = config.author === undefined ? {} : { author: toCommitter(config.author) };
  for (const { path, worktree } of mounts) ports.workdir.mount(path, worktree, author);
  for (const { path, worktree } of submodules) ports.workdir.mountSubmodule(path, worktree);
  context.pin(pins);
  return { kind: 'done', status: 'Succeeded', output: { commits } };
}

interface CheckedOut {
  readonly mounts: readonly Mount[];
  readonly pins: Readonly<Record<string, string>>;
  readonly commits: Readonly<Record<string, string>>;
}

async function checkOut(remote: GitRemote, context: Context): Promise<CheckedOut> {
  const { config, ports, signal } = context;
  const pins: Record<string, string> = {};
  const commits: Record<string, string> = {};
  const mounts: Mount[] = [];
  for (const checkout of config.checkout) {
    const at = await resolve(context, remote, checkout);
    const request = checkout.sparse === undefined ? at : { ...at, sparse: checkout.sparse };
    mounts.push({ path: checkout.path, worktree: await ports.git.checkout(remote, request, signal) });
    pins[checkout.path] = at.commit;
    commits[nameOf(checkout)] = at.commit;
  }
  return { mounts, pins, commits };
}

const nameOf = (checkout: Checkout): string =>
  checkout.as === undefined || checkout.as === '' ? checkout.path : checkout.as;

function refuse(config: GitCloneConfig): StepOutcome | undefined {
  const name = firstRepeated(config.checkout.map(nameOf));
  if (name !== undefined)
    return invalid(`duplicate checkout alias "${name}": give each checkout its own "as"`);
  const path = firstRepeated(config.checkout.map((checkout) => placeOf(checkout.path)));
  if (path !== undefined) return invalid(`two checkouts at "${path}": give each its own "path"`);
  const sparse = config.checkout.flatMap((checkout) => checkout.sparse ?? []);
  const notDirectory = sparse.find((directory) => !isSparseDirectory(directory));
  if (notDirectory !== undefined) {
    return invalid(
      `sparse: "${notDirectory}" is no directory below the root: absolute paths, ".." and wildcards are refused`,
    );
  }
  return undefined;
}

/** One text for all ways to write a path below the work directory, e.g. "src" for "./src/". */
function placeOf(path: string): string {
  return posix.normalize(`/${path}`).replace(/^\/+|\/+$/g, '');
}

function firstRepeated(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}

function invalid(message: string): StepOutcome {
  return { kind: 'failed', status: 'Failed', code: 'step.invalid-config', message, terminal: true };
}

async function resolve(context: Context, remote: GitRemote, checkout: Checkout): Promise<ResolvedRef> {
  const { ports, pins, signal } = context;
  const pinned = pins?.[checkout.path];
  const target = toTarget(checkout);
  const branch = target.kind === 'branch' ? { branch: target.branch } : {};
  if (typeof pinned === 'string') return { commit: pinned, ...branch };
  try {
    return await ports.git.resolve(remote, target, signal);
  } catch (error) {
    if (!checkout.create || target.kind !== 'branch' || codeOf(error) !== 'git.ref-not-found') throw error;
    return await createBranch(context, remote, target.branch);
  }
}

/** Another promotion may create the same branch at the same time; whoever comes second takes what the first has made. */
async function createBranch(context: Context, remote: GitRemote, branch: string): Promise<ResolvedRef> {
  const { ports, signal } = context;
  const { author } = context.config;
  const committer = author === undefined ? await ports.committers.find(signal) : toCommitter(author);
  const who = toSignature(committer, context.run.startedAtMs);
  const message = 'Initial commit';
  const draft = { message, author: who, committer: who, headers: [], ...signedBy(committer) };
  try {
    return await ports.git.createBranch(remote, branch, draft, signal);
  } catch (error) {
    if (codeOf(error) !== 'git.push-rejected') throw error;
    return await ports.git.resolve(remote, { kind: 'branch', branch }, signal);
  }
}

function toTarget(checkout: Checkout): RefTarget {
  if (checkout.branch) return { kind: 'branch', branch: shortName('heads', checkout.branch) };
  if (checkout.commit) return { kind: 'commit', commit: checkout.commit };
  if (checkout.tag) return { kind: 'tag', tag: shortName('tags', checkout.tag) };
  return { kind: 'default' };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof AppError ? error.code : undefined;
}
