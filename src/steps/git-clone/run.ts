import type { StepOutcome } from '../../domain/index.ts';
import type { GitRemote, RefTarget, ResolvedRef, StepContext } from '../../ports/index.ts';
import { stepErrors } from '../errors.ts';
import { findRemote } from '../git-remote.ts';
import type { GitCloneConfig } from './schema.ts';

type Context = StepContext<GitCloneConfig, 'git' | 'credentials' | 'workdir'>;
type Checkout = GitCloneConfig['checkout'][number];

/**
 * Mounts lazily fetched work trees. Only references and commits are read here; files are fetched when a later step reads
 * them. The resolved commits are pinned, so that a replay sees the same files although a branch has moved.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const refused = refuse(config);
  if (refused !== undefined) return refused;
  const remote = await findRemote(ports.credentials, context.run.project, config, signal);
  const pins: Record<string, string> = {};
  const commits: Record<string, string> = {};
  const author = config.author === undefined ? {} : { author: config.author };
  for (const checkout of config.checkout) {
    const at = await resolve(context, remote, checkout);
    const worktree = await ports.git.checkout(remote, at, signal);
    ports.workdir.mount(checkout.path, worktree, author);
    pins[checkout.path] = at.commit;
    commits[nameOf(checkout)] = at.commit;
  }
  context.pin(pins);
  return { kind: 'done', status: 'Succeeded', output: { commits } };
}

const nameOf = (checkout: Checkout): string =>
  checkout.as === undefined || checkout.as === '' ? checkout.path : checkout.as;

function refuse(config: GitCloneConfig): StepOutcome | undefined {
  const names = config.checkout.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const message = `duplicate checkout alias "${twice}": give each checkout its own "as"`;
    return { kind: 'failed', status: 'Failed', code: 'step.invalid-config', message, terminal: true };
  }
  if (config.recurseSubmodules === true) throw unsupported('recurseSubmodules');
  if (config.checkout.some((checkout) => checkout.sparse !== undefined))
    throw unsupported('checkout[].sparse');
  if (config.author?.signingKey) throw unsupported('author.signingKey');
  return undefined;
}

function unsupported(field: string): Error {
  return stepErrors.create('step.unsupported', `git-clone does not support "${field}" yet`);
}

async function resolve(context: Context, remote: GitRemote, checkout: Checkout): Promise<ResolvedRef> {
  const { ports, pins, signal } = context;
  const pinned = pins?.[checkout.path];
  const branch = checkout.branch ? { branch: checkout.branch } : {};
  if (typeof pinned === 'string') return { commit: pinned, ...branch };
  try {
    return await ports.git.resolve(remote, toTarget(checkout), signal);
  } catch (error) {
    if (!checkout.create || !checkout.branch || !isMissingRef(error)) throw error;
    const who = {
      ...(context.config.author ?? context.run.committer),
      timeSec: Math.floor(context.run.startedAtMs / 1000),
    };
    const draft = { message: 'Initial commit', author: who, committer: who, headers: [] };
    return await ports.git.createBranch(remote, checkout.branch, draft, signal);
  }
}

function toTarget(checkout: Checkout): RefTarget {
  if (checkout.branch) return { kind: 'branch', branch: checkout.branch };
  if (checkout.commit) return { kind: 'commit', commit: checkout.commit };
  if (checkout.tag) return { kind: 'tag', tag: checkout.tag };
  return { kind: 'default' };
}

function isMissingRef(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'git.ref-not-found';
}
