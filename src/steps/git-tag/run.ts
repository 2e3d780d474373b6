import type { StepOutcome } from '../../domain/index.ts';
import type { StepContext } from '../../ports/index.ts';
import { refuseMessage, signedBy, toSignature } from '../committer.ts';
import { hasTag, shortName, withWorktree } from '../git-remote.ts';
import type { GitTagConfig } from './schema.ts';

type Context = StepContext<GitTagConfig, 'git' | 'credentials' | 'committers' | 'workdir'>;

/**
 * Tags the newest commit of a work tree, locally.
 *
 * Whether the repository has a tag of this name is asked once and pinned: in a replay it may have the very tag that this
 * promotion pushed. The date is the promotion's start, so that a replay makes the same tag.
 */
export async function run(context: Context): Promise<StepOutcome> {
  const { config, ports, signal } = context;
  const refused = refuseMessage(config.message);
  if (refused !== undefined) return refused;
  const { worktree, author } = ports.workdir.worktreeAt(config.path);
  const name = shortName('tags', config.tag);
  const force = config.force === true;
  const pinned = context.pins?.['isTaken'];
  const look = () => hasTag(ports.git, worktree.remote, name, signal);
  const isTaken = typeof pinned === 'boolean' ? pinned : await withWorktree(context, worktree, look);
  context.pin({ isTaken });
  if (isTaken && !force) {
    const message = `the repository has a tag "${name}" already`;
    return { kind: 'failed', status: 'Errored', code: 'git.tag-exists', message, terminal: false };
  }
  const committer = author ?? (await ports.committers.find(signal));
  const tagger = toSignature(committer, context.run.startedAtMs);
  const draft = { name, message: config.message, tagger, force, ...signedBy(committer) };
  const { commit } = await worktree.tag(draft, signal);
  return { kind: 'done', status: 'Succeeded', output: { commit } };
}
