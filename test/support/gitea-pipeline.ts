import type { KubeObject } from '../../src/api/meta/index.ts';
import { type AskGiteaServer, connectGitea, type GiteaServer } from './gitea.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import {
  gitopsRepository,
  parseManifests,
  readExampleObjects,
  readExampleRepository,
} from './pipeline-example.ts';

/** The name under which manifests know the genuine Gitea. */
const host = 'gitea.example.com';
const project = 'ameide';
const robot = 'release-robot';

/** A pull request at Gitea as far as tests look at it. */
export interface GiteaPull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly merged: boolean;
  readonly state: string;
  readonly head: { readonly sha: string; readonly ref: string };
  readonly labels: readonly { readonly name: string }[];
}

/** The example's pipeline whose GitOps repository lies at a genuine Gitea; registry, API server and Argo CD are embedded. */
export interface GiteaPipeline {
  readonly pipeline: Pipeline;
  /** The example's objects, which address the repository at Gitea, and a Stage that merges its own pull requests. */
  readonly objects: readonly KubeObject[];
  /** The text of a file on main. */
  read(path: string): Promise<string>;
  listPulls(): Promise<readonly GiteaPull[]>;
  /** Lets nobody push to main, and nobody merge into it without the check "ci". */
  protectMain(): Promise<void>;
  /** Has the check of a pull request's head succeed. */
  passCheck(pull: GiteaPull): Promise<void>;
  /** Merges as a person does. */
  merge(pull: GiteaPull): Promise<void>;
  /** The parents of the newest commit of main. */
  readParents(): Promise<number>;
}

/** Makes the repository, its robot and the pipeline; the pipeline is the caller's to end. */
export async function startGiteaPipeline(server: GiteaServer, limitMs: number): Promise<GiteaPipeline> {
  const { ask } = await connectGitea(server);
  const owner = `gantry-${crypto.randomUUID().slice(0, 8)}`;
  const name = gitopsRepository.split('/')[1] ?? '';
  const repo = `/repos/${owner}/${name}`;
  await ask('POST', '/orgs', { username: owner });
  await ask('POST', `/orgs/${owner}/repos`, { name, default_branch: 'main', auto_init: true, private: true });
  await seed(ask, repo);
  const pipeline = await startPipeline(limitMs, {
    hosts: [host],
    backends: { [host]: () => new URL(server.url).host },
  });
  try {
    const { password } = pipeline.sandbox.info;
    const token = await makeRobot(server, ask, password);
    await ask('PUT', `${repo}/collaborators/${robot}`, { permission: 'write' });
    return {
      pipeline,
      objects: [...addressObjects(password, token, owner), ...parseManifests(mergingStage(owner))],
      ...createActions(ask, repo),
    };
  } catch (error) {
    await pipeline[Symbol.asyncDispose]();
    throw error;
  }
}

function createActions(ask: AskGiteaServer, repo: string): Omit<GiteaPipeline, 'pipeline' | 'objects'> {
  return {
    async read(path) {
      const found = await ask('GET', `${repo}/contents/${path}?ref=main`);
      return Buffer.from(String(found['content']), 'base64').toString();
    },
    async listPulls() {
      const found: unknown = await ask('GET', `${repo}/pulls?state=all&limit=50`);
      return found as readonly GiteaPull[];
    },
    async protectMain() {
      const rule = { enable_push: false, enable_status_check: true, status_check_contexts: ['ci'] };
      await ask('POST', `${repo}/branch_protections`, { rule_name: 'main', ...rule });
    },
    async passCheck({ head }) {
      await ask('POST', `${repo}/statuses/${head.sha}`, { state: 'success', context: 'ci' });
    },
    merge: ({ number }) => mergeAsPerson(ask, `${repo}/pulls/${number}/merge`),
    async readParents() {
      const { commit } = await ask('GET', `${repo}/branches/main`);
      const { parents } = await ask('GET', `${repo}/git/commits/${(commit as { id: string }).id}`);
      return Array.isArray(parents) ? parents.length : 0;
    },
  };
}

/** A person who is told to try again later does so. */
async function mergeAsPerson(ask: AskGiteaServer, path: string): Promise<void> {
  const endsAtMs = Date.now() + 60_000;
  for (;;) {
    try {
      await ask('POST', path, { Do: 'merge' });
      return;
    } catch (error) {
      if (Date.now() > endsAtMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** The example's files in one commit. */
async function seed(ask: AskGiteaServer, repo: string): Promise<void> {
  const files = Object.entries(readExampleRepository()).map(([path, text]) => ({
    operation: path === 'README.md' ? 'upload' : 'create',
    path,
    content: Buffer.from(text).toString('base64'),
  }));
  await ask('POST', `${repo}/contents`, { branch: 'main', message: 'Start', files });
}

/** The robot signs in with the sandbox's password, as the embedded Argo CD does, and with a token. */
async function makeRobot(server: GiteaServer, ask: AskGiteaServer, password: string): Promise<string> {
  const email = `${robot}@example.com`;
  const account = { username: robot, password, email, must_change_password: false };
  await ask('POST', '/admin/users', account).catch(() =>
    ask('PATCH', `/admin/users/${robot}`, { ...account, login_name: robot, source_id: 0 }),
  );
  const response = await fetch(`${server.url}/api/v1/users/${robot}/tokens`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${robot}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      name: crypto.randomUUID(),
      scopes: ['write:repository', 'write:issue', 'read:user'],
    }),
    signal: AbortSignal.timeout(60_000),
  });
  const { sha1 } = (await response.json()) as { readonly sha1?: string };
  if (sha1 === undefined) throw new Error(`no token for ${robot}: ${response.status}`);
  return sha1;
}

function addressObjects(password: string, token: string, owner: string): readonly KubeObject[] {
  const name = gitopsRepository.split('/')[1] ?? '';
  const text = JSON.stringify(readExampleObjects(password));
  const moved = text.replaceAll(`github.com/${gitopsRepository}`, `${host}/${owner}/${name}`);
  const objects = JSON.parse(moved) as (KubeObject & { stringData?: Record<string, string> })[];
  return objects.map((object) =>
    object.stringData?.['repoURL']?.includes(host)
      ? ({ ...object, stringData: { ...object.stringData, password: token } } as KubeObject)
      : object,
  );
}

/** Merges by itself what it has proposed, as soon as Gitea's rules allow. */
function mergingStage(owner: string): string {
  const repoURL = `https://${host}/${owner}/${gitopsRepository.split('/')[1]}.git`;
  return `
apiVersion: kargo.akuity.io/v1alpha1
kind: Stage
metadata: { name: merging, namespace: ${project} }
spec:
  requestedFreight:
  - origin: { kind: Warehouse, name: ameide }
    sources: { direct: true }
  promotionTemplate:
    spec:
      steps:
      - uses: git-clone
        config:
          repoURL: ${repoURL}
          checkout: [{ branch: main, path: ./gitops }]
      - uses: yaml-update
        config:
          path: ./gitops/sources/values/env/production/agents/agents-runtime.yaml
          updates:
          - key: runtime.workers.0.container.image.ref
            value: ghcr.io/ameideio/agents-runtime@\${{ imageFrom('ghcr.io/ameideio/agents-runtime').Digest }}
      - uses: git-commit
        config: { path: ./gitops, message: 'Promote \${{ ctx.stage }}' }
      - uses: git-push
        as: push
        config: { path: ./gitops, generateTargetBranch: true }
      - uses: git-open-pr
        as: open
        config:
          repoURL: ${repoURL}
          sourceBranch: \${{ outputs.push.branch }}
          targetBranch: main
          labels: [promotion, by-itself]
      - uses: git-merge-pr
        as: merge
        config:
          repoURL: ${repoURL}
          prNumber: \${{ outputs.open.pr.id }}
          autoMerge: true
          mergeMethod: squash
`;
}
