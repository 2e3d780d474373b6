import type { Application, ApplicationSource } from '../../api/argocd/index.ts';
import { AppError, describeError, isJsonObject, type JsonValue } from '../../base/index.ts';
import { parseYaml } from '../../base/yaml/index.ts';
import type { Credential, GitRemote, GitRepos, RefTarget, ResolvedRef } from '../../ports/index.ts';
import type { SourceLook } from './types.ts';

// A digest-pinned or tagged image with a registry host, e.g. "ghcr.io/example/app@sha256:…" or "docker.io/library/nginx:1".
const imageReference = /^[a-z0-9.-]+\.[a-z]{2,}(?::\d+)?\/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/;

/**
 * Reads the images that an Application's values name at the revision it follows. Charts are not rendered: what counts are
 * the texts in the value files that look like image references.
 */
export async function lookAtSource(
  git: GitRepos,
  application: Application,
  credential: Credential | undefined,
  signal: AbortSignal,
): Promise<SourceLook> {
  const source = application.spec?.source ?? application.spec?.sources?.[0];
  if (source === undefined) return { kind: 'failed', message: 'the Application has no source' };
  const remote: GitRemote = { url: source.repoURL, ...(credential === undefined ? {} : { credential }) };
  try {
    const at = await resolveRevision(git, remote, source.targetRevision ?? 'HEAD', signal);
    const images = await readImages(git, remote, at, source, signal);
    return { kind: 'found', revision: at.commit, images };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'failed', message: `failed to read ${source.repoURL}: ${describeError(error)}` };
  }
}

async function resolveRevision(
  git: GitRepos,
  remote: GitRemote,
  revision: string,
  signal: AbortSignal,
): Promise<ResolvedRef> {
  const target: RefTarget =
    revision === 'HEAD'
      ? { kind: 'default' }
      : /^[0-9a-f]{40}$/.test(revision)
        ? { kind: 'commit', commit: revision }
        : { kind: 'branch', branch: revision };
  return await git.resolve(remote, target, signal);
}

async function readImages(
  git: GitRepos,
  remote: GitRemote,
  at: ResolvedRef,
  source: ApplicationSource,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const worktree = await git.checkout(remote, at, signal);
  const found = new Set<string>();
  for (const file of source.helm?.valueFiles ?? []) {
    const bytes = await worktree.read(joinPath(source.path ?? '', file), signal);
    collectImages(parseYaml(new TextDecoder().decode(bytes)), found);
  }
  return [...found].sort();
}

function collectImages(value: JsonValue | undefined, found: Set<string>): void {
  if (typeof value === 'string') {
    if (imageReference.test(value)) found.add(value);
    return;
  }
  const members: readonly (JsonValue | undefined)[] = Array.isArray(value)
    ? value
    : isJsonObject(value)
      ? Object.values(value)
      : [];
  for (const member of members) collectImages(member, found);
}

/** Joins relative to a folder; ".." goes up and stops at the root. */
function joinPath(folder: string, file: string): string {
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...file.split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
