import type { Permit } from '../kube/index.ts';
import type { ArgoCd, Forges, GitRepos, HttpClient } from '../ports/index.ts';
import type { Adapters } from './adapters.ts';

/** An HTTP client whose requests start only with the permit, and are broken off when it is lost. */
export function guardHttp(http: HttpClient, permit: Permit): HttpClient {
  return {
    request: (request, signal) => permit(signal, (own) => http.request(request, own)),
    stream: (request, signal) => permit(signal, (own) => http.stream(request, own)),
  };
}

/**
 * Adapters whose acts on the world need the permit at the moment they begin: pushes (over SSH as well), pull requests,
 * Argo CD. What they do over HTTP asks once more with each request, when they were made on a guarded client.
 */
export function guardAdapters(adapters: Adapters, permit: Permit): Adapters {
  const { git, forges, argocd } = adapters;
  return {
    ...adapters,
    git: guardGit(git, permit),
    forges: guardForges(forges, permit),
    argocd: guardArgoCd(argocd, permit),
  };
}

function guardGit(git: GitRepos, permit: Permit): GitRepos {
  return {
    resolve: (remote, target, signal) => git.resolve(remote, target, signal),
    checkout: (remote, at, signal) => git.checkout(remote, at, signal),
    readCommit: (remote, commit, signal) => git.readCommit(remote, commit, signal),
    createBranch: (remote, branch, draft, signal) =>
      permit(signal, (own) => git.createBranch(remote, branch, draft, own)),
    push: (request, signal) => permit(signal, (own) => git.push(request, own)),
    pushTag: (request, signal) => permit(signal, (own) => git.pushTag(request, own)),
  };
}

function guardForges(forges: Forges, permit: Permit): Forges {
  return {
    listPullRequests: (repo, filter, signal) => forges.listPullRequests(repo, filter, signal),
    getPullRequest: (repo, number, signal) => forges.getPullRequest(repo, number, signal),
    commitUrl: (repo, commit) => forges.commitUrl(repo, commit),
    openPullRequest: (repo, draft, signal) =>
      permit(signal, (own) => forges.openPullRequest(repo, draft, own)),
    updatePullRequest: (repo, number, draft, signal) =>
      permit(signal, (own) => forges.updatePullRequest(repo, number, draft, own)),
    closePullRequest: (repo, number, comment, signal) =>
      permit(signal, (own) => forges.closePullRequest(repo, number, comment, own)),
    mergePullRequest: (repo, number, order, signal) =>
      permit(signal, (own) => forges.mergePullRequest(repo, number, order, own)),
  };
}

function guardArgoCd(argocd: ArgoCd, permit: Permit): ArgoCd {
  return {
    get: (namespace, name, signal) => argocd.get(namespace, name, signal),
    list: (namespace, selector, signal) => argocd.list(namespace, selector, signal),
    patch: (application, patch, signal) => permit(signal, (own) => argocd.patch(application, patch, own)),
    refresh: (namespace, name, signal) => permit(signal, (own) => argocd.refresh(namespace, name, own)),
  };
}
