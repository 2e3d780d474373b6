import type { StepPorts, Workdir, Worktree } from '../../src/ports/index.ts';

/** Never answers; ends when the signal that every port method takes last is aborted. */
function hang(...args: readonly unknown[]): Promise<never> {
  const signal = args.at(-1);
  if (!(signal instanceof AbortSignal)) throw new Error('the last argument is no signal');
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

const tree = { read: hang, write: hang, stat: hang, list: hang, readLink: hang, remove: hang };

const worktree: Worktree = {
  ...tree,
  remote: { url: 'https://github.com/example/gitops.git' },
  useCredential: () => undefined,
  branch: 'main',
  base: '1'.repeat(40),
  head: '2'.repeat(40),
  commit: hang,
  tags: new Map(),
  tag: hang,
  clear: hang,
};

const workdir: Workdir = {
  ...tree,
  expect: () => undefined,
  mount: () => undefined,
  mountSubmodule: () => undefined,
  clear: hang,
  worktreeAt: () => ({ worktree, inner: '', author: undefined }),
  copy: hang,
  move: hang,
  glob: hang,
  materialize: hang,
};

/** Ports that hang until they are aborted. */
export function hangingPorts(): StepPorts {
  return {
    workdir,
    git: { resolve: hang, checkout: hang, createBranch: hang, readCommit: hang, push: hang, pushTag: hang },
    forges: {
      listPullRequests: hang,
      openPullRequest: hang,
      updatePullRequest: hang,
      closePullRequest: hang,
      getPullRequest: hang,
      mergePullRequest: hang,
      commitUrl: () => undefined,
    },
    credentials: { find: hang },
    committers: { find: hang },
    argocd: { get: hang, list: hang, patch: hang, refresh: hang },
  };
}
