import { createForges } from '../../src/forge/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import type { ForgeFixture } from '../contracts/forge.contract.ts';

/** A genuine Gitea and its administrator. */
export interface GiteaServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Who asks Gitea: with a password, or with a token, which costs the server far less. */
type Asker = { readonly username: string; readonly password: string } | { readonly token: string };

/** Asks Gitea's API, as a person would over its pages. Errors: with what Gitea said, when it is no success. */
export type AskGiteaServer = (method: string, path: string, body?: Json) => Promise<Json>;

interface Connection {
  readonly ask: AskGiteaServer;
  readonly tokens: { readonly writer: string; readonly reader: string };
  readonly reader: string;
}

const requestLimitMs = 60_000;
const settleMs = 30_000;
const agreements = 4;
const lookMs = 100;

const connections = new Map<string, Promise<Connection>>();

function createAsk(url: string, as: Asker): AskGiteaServer {
  const basic = (): string =>
    'token' in as ? '' : Buffer.from(`${as.username}:${as.password}`).toString('base64');
  const authorization = 'token' in as ? `token ${as.token}` : `Basic ${basic()}`;
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(requestLimitMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : JSON.parse(text);
  };
}

/** One token and one reader for all fixtures of a server: making them is slow on purpose. */
export function connectGitea(server: GiteaServer): Promise<Connection> {
  const known = connections.get(server.url) ?? connect(server);
  connections.set(server.url, known);
  return known;
}

async function connect({ url, username, password }: GiteaServer): Promise<Connection> {
  const unique = crypto.randomUUID().slice(0, 8);
  const reader = { username: `reader-${unique}`, password: `Reader-${unique}-1` };
  const createToken = async (as: { username: string; password: string }): Promise<string> => {
    const body = { name: `token-${unique}`, scopes: ['all'] };
    return String((await createAsk(url, as)('POST', `/users/${as.username}/tokens`, body))['sha1']);
  };
  const writer = await createToken({ username, password });
  const ask = createAsk(url, { token: writer });
  const email = `${reader.username}@example.com`;
  await ask('POST', '/admin/users', { ...reader, email, must_change_password: false });
  return { ask, tokens: { writer, reader: await createToken(reader) }, reader: reader.username };
}

/** A new repository at a genuine Gitea, used as a person would use it: over its API. */
export async function createGiteaFixture(server: GiteaServer): Promise<ForgeFixture> {
  const { url, username } = server;
  const { ask, tokens, reader } = await connectGitea(server);
  const unique = crypto.randomUUID().slice(0, 8);
  const name = `gitops-${unique}`;
  const repo = `/repos/${username}/${name}`;
  await ask('POST', '/user/repos', { name, auto_init: true, default_branch: 'main' });
  await ask('PATCH', repo, { allow_fast_forward_only_merge: true });
  await ask('PUT', `${repo}/collaborators/${reader}`, { permission: 'read' });
  const remote = (repository: string, token: string) => ({
    provider: 'gitea' as const,
    remote: {
      url: `${url}/${username}/${repository}.git`,
      credential: { identity: 'test', password: token },
    },
  });
  const http = createHttpClient({});
  const forges = createForges({ http, clock: createSystemClock() });

  const writeFile = async (branch: string, file: string, text: string): Promise<string> => {
    const path = `${repo}/contents/${file}`;
    const known = await ask('GET', `${path}?ref=${encodeURIComponent(branch)}`).catch(() => undefined);
    const content = Buffer.from(text).toString('base64');
    const body = { branch, content, message: `Change ${file}` };
    const written =
      known === undefined ? ask('POST', path, body) : ask('PUT', path, { ...body, sha: known['sha'] });
    return String(((await written)['commit'] as Json)['sha']);
  };
  const readPull = (number: number): Promise<Json> => ask('GET', `${repo}/pulls/${number}`);
  const settle = async (number: number, state: 'clean' | 'conflict' = 'clean'): Promise<void> => {
    const endsAtMs = Date.now() + settleMs;
    // Right after a push Gitea says yes for a moment, until it begins to check: only a lasting answer counts.
    for (let agreed = 0; agreed < agreements && Date.now() < endsAtMs; ) {
      const pull = await readPull(number).catch((): Json => ({ state: 'closed' }));
      if (pull['state'] === 'closed' || pull['draft'] === true) return;
      agreed = pull['mergeable'] === (state === 'clean') ? agreed + 1 : 0;
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  };
  const namesOf = (value: unknown, key: string): string[] =>
    (Array.isArray(value) ? value : []).map((one: Json) => String(one[key]));
  return {
    forges,
    repo: remote(name, tokens.writer),
    repoWithWrongToken: remote(name, 'f'.repeat(40)),
    repoOfReader: remote(name, tokens.reader),
    missingRepo: remote(`${name}-missing`, tokens.writer),
    writer: username,
    reader,
    settle,
    async makeBranch(branch, file) {
      const content = Buffer.from(`${file}\n`).toString('base64');
      const body = { branch: 'main', new_branch: branch, content, message: `Add ${file}` };
      return String(((await ask('POST', `${repo}/contents/${file}`, body))['commit'] as Json)['sha']);
    },
    commit: writeFile,
    async removeBranch(branch) {
      await ask('DELETE', `${repo}/branches/${encodeURIComponent(branch)}`);
    },
    async tip(branch) {
      const found = (await ask('GET', `${repo}/branches/${encodeURIComponent(branch)}`))['commit'] as Json;
      const commit = String(found['id']);
      const { parents } = await ask('GET', `${repo}/git/commits/${commit}`);
      return { commit, parents: Array.isArray(parents) ? parents.length : 0 };
    },
    async merge(number) {
      await settle(number);
      await ask('POST', `${repo}/pulls/${number}/merge`, { Do: 'merge' });
    },
    async close(number) {
      await ask('PATCH', `${repo}/pulls/${number}`, { state: 'closed' });
    },
    async block(number, isBlocked) {
      const rule = { rule_name: 'main', enable_status_check: true, status_check_contexts: ['ci'] };
      if (isBlocked) await ask('POST', `${repo}/branch_protections`, rule);
      else {
        const { sha } = (await readPull(number))['head'] as Json;
        await ask('POST', `${repo}/statuses/${sha}`, { state: 'success', context: 'ci' });
      }
    },
    pause: () => new Promise((resolve) => setTimeout(resolve, 200)),
    runQueue: async () => undefined,
    async read(number) {
      const pull = await readPull(number);
      const comments: unknown = await ask('GET', `${repo}/issues/${number}/comments`);
      return {
        comments: namesOf(comments, 'body'),
        title: String(pull['title']),
        body: String(pull['body']),
        labels: namesOf(pull['labels'], 'name'),
        reviewers: namesOf(pull['requested_reviewers'], 'login'),
        assignees: namesOf(pull['assignees'], 'login'),
      };
    },
    exhaust: async () => undefined,
  };
}
