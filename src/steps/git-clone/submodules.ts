import type { GitRemote, StepContext, Worktree } from '../../ports/index.ts';
import { type GitModule, parseModules, resolveModuleUrl } from '../../wire/git-files/index.ts';
import { stepErrors } from '../errors.ts';
import { withRemote, withWorktree } from '../git-remote.ts';
import { decodeText } from '../text.ts';
import type { GitCloneConfig } from './schema.ts';

type Context = StepContext<GitCloneConfig, 'git' | 'credentials' | 'committers' | 'workdir'>;

/** A work tree and where it is to be shown. */
export interface Mount {
  readonly path: string;
  readonly worktree: Worktree;
}

const file = '.gitmodules';
/** Far above what a list of `maxSubmodules` needs. */
const maxFileBytes = 256 * 1024;
const maxDepth = 10;
const maxSubmodules = 100;

/** A work tree whose submodules are looked for, below so many others. */
interface Parent extends Mount {
  readonly depth: number;
}

/**
 * The submodules of checkouts, and theirs, each at the commit that the tree above names, those above first. What
 * `.gitmodules` does not name, or a sparse checkout does not show, is left alone. No commit can contain itself; a
 * repository that contains its own past ends at the limit of depth.
 *
 * Errors: step.submodule-refused; those of git and credentials.
 */
export async function checkOutSubmodules(
  context: Context,
  checkouts: readonly Mount[],
): Promise<readonly Mount[]> {
  const found: Mount[] = [];
  const pending: Parent[] = checkouts.map((one) => ({ ...one, depth: 0 }));
  for (let parent = pending.shift(); parent !== undefined; parent = pending.shift()) {
    for (const { path, url, commit } of await listSubmodules(context, parent)) {
      if (found.length >= maxSubmodules)
        throw refused(parent, `there are more than ${maxSubmodules} submodules`);
      if (parent.depth >= maxDepth) throw refused(parent, `submodules are nested more than ${maxDepth} deep`);
      const repo = { repoURL: url, insecureSkipTLSVerify: skipsVerification(parent.worktree.remote, url) };
      const take = (remote: GitRemote) => context.ports.git.checkout(remote, { commit }, context.signal);
      const worktree = await withRemote(context, repo, take);
      const mount = { path: `${parent.path}/${path}`, worktree };
      found.push(mount);
      pending.push({ ...mount, depth: parent.depth + 1 });
    }
  }
  return found;
}

interface Submodule {
  readonly path: string;
  readonly url: string;
  readonly commit: string;
}

async function listSubmodules(context: Context, parent: Parent): Promise<readonly Submodule[]> {
  const { worktree } = parent;
  return withWorktree(context, worktree, async () => {
    const found: Submodule[] = [];
    for (const module of await readModules(context, parent)) {
      const path = checkPath(parent, module);
      const commit = path === undefined ? undefined : await findLink(worktree, path, context.signal);
      if (path === undefined || commit === undefined || module.update === 'none') continue;
      found.push({ path, commit, url: checkUrl(parent, module) });
    }
    return found;
  });
}

async function readModules({ signal }: Context, parent: Parent): Promise<readonly GitModule[]> {
  const { worktree } = parent;
  const entry = await worktree.stat(file, signal);
  if (entry === undefined) return [];
  if (entry.mode !== 'file' && entry.mode !== 'executable') throw refused(parent, `it is a ${entry.mode}`);
  const content = await worktree.read(file, signal);
  if (content.length > maxFileBytes) throw refused(parent, `it has more than ${maxFileBytes} bytes`);
  const parsed = parseModules(decodeText(file, content));
  if (!parsed.ok) throw refused(parent, parsed.problem);
  return parsed.modules;
}

/** `undefined` for a section without a path. */
function checkPath(parent: Parent, { name, path, update }: GitModule): string | undefined {
  if (name.split(/[/\\]/).includes('..')) throw refused(parent, `the name ${JSON.stringify(name)} climbs`);
  if (update?.startsWith('!') === true) throw refused(parent, `${JSON.stringify(name)} is to run a command`);
  if (path === undefined) return undefined;
  const isUnsafe = path.split('/').some((one) => ['', '.', '..', '.git'].includes(one.toLowerCase()));
  if (isUnsafe || path.startsWith('-') || path.includes('\0')) {
    throw refused(parent, `${JSON.stringify(path)} is not a path that a submodule may have`);
  }
  return path;
}

function checkUrl(parent: Parent, { path = '', url }: GitModule): string {
  if (url === undefined) throw refused(parent, `${JSON.stringify(path)} has no address`);
  const resolved = resolveModuleUrl(parent.worktree.remote.url, url);
  if (resolved !== undefined) return resolved;
  // The address may hold a secret.
  throw refused(
    parent,
    `the address of ${JSON.stringify(path)} is not https, http, ssh or relative to its repository’s`,
  );
}

/** The commit at a path, when a submodule stands there and is shown; symlinks are not followed. */
async function findLink(worktree: Worktree, path: string, signal: AbortSignal): Promise<string | undefined> {
  const names = path.split('/');
  for (let length = 1; length < names.length; length++) {
    const above = await worktree.stat(names.slice(0, length).join('/'), signal);
    if (above?.mode !== 'directory') return undefined;
  }
  return (await worktree.stat(path, signal))?.commit;
}

/** Verification is left out for the host only that the configuration names. */
function skipsVerification({ url: above, insecureSkipTLSVerify }: GitRemote, url: string): boolean {
  if (insecureSkipTLSVerify !== true || !URL.canParse(above) || !URL.canParse(url)) return false;
  return new URL(above).host === new URL(url).host;
}

function refused({ path }: Parent, why: string): Error {
  return stepErrors.create('step.submodule-refused', `${file} of ${JSON.stringify(path)}: ${why}`);
}
