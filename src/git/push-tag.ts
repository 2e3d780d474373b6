import type { TagPushRequest } from '../ports/index.ts';
import { zeroId } from '../wire/git/index.ts';
import { gitErrors } from './errors.ts';
import { readOutcome } from './push-report.ts';
import { collectNewObjects } from './rebase.ts';
import { tagExists } from './tags.ts';
import type { GitTransport } from './transport.ts';
import { describeUrl } from './url.ts';
import type { GitWorktree } from './worktree.ts';

/**
 * Pushes a tag of a work tree; true when it was there already, pushed by an earlier attempt or by others before.
 *
 * A tag is only ever created: one that leads elsewhere stays, and that is an error.
 */
export async function pushTag(
  request: Omit<TagPushRequest, 'worktree'> & { readonly worktree: GitWorktree },
  transport: GitTransport,
  signal: AbortSignal,
): Promise<boolean> {
  const { worktree, tag, claimed } = request;
  const { remote } = worktree;
  const ref = `refs/tags/${tag}`;
  const made = worktree.tags.get(tag);
  const where = `of ${describeUrl(remote.url)}`;
  for (let attempt = 1; attempt <= Math.max(1, request.maxAttempts); attempt++) {
    const refs = await transport.listRefs(remote, [ref], signal);
    const found = refs.find(({ name }) => name === ref)?.id;
    if (made === undefined) {
      if (found !== undefined) return true;
      throw gitErrors.create('git.ref-not-found', `there is no tag ${JSON.stringify(tag)} here or ${where}`, {
        hint: 'Put a git-tag step before the git-push step.',
      });
    }
    if (found === made.id || (found !== undefined && found === claimed)) return true;
    if (found !== undefined) throw tagExists(tag, where);
    const objects = [made.object, ...collectNewObjects(made.commits, made.objects).values()];
    const answer = await transport.push(remote, [{ ref, oldId: zeroId, newId: made.id }], objects, signal);
    if (readOutcome(answer, ref, remote.url) === 'done') return false;
    // Somebody else was faster: the next look says with what.
  }
  throw gitErrors.create('git.push-raced', `tag ${JSON.stringify(tag)} ${where} could not be made`);
}
