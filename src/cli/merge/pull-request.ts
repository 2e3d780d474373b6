import { promotions } from '../../api/v1alpha1/index.ts';
import { isTerminal, pullRequestOf } from '../../domain/index.ts';
import type { HttpResponse } from '../../ports/index.ts';
import type { CommandDeps, SandboxConnection } from '../deps.ts';
import { cliErrors } from '../errors.ts';
import { createPaint } from '../render/style.ts';
import type { SandboxInfo } from '../sandbox-info.ts';

/** What merging needs beyond the usual. */
export interface MergeDeps extends CommandDeps {
  readonly sandbox: Pick<SandboxConnection, 'http'>;
  readonly account: Pick<SandboxInfo, 'username' | 'password' | 'forge'>;
}

/** A pull request at a host that speaks GitHub's REST API. */
export interface PullRequestAddress {
  readonly host: string;
  /** "owner/repository". */
  readonly repository: string;
  readonly number: number;
}

const timeoutMs = 30_000;
const maxBodyBytes = 1024 * 1024;

/**
 * Merges a pull request through the sandbox's forge; `wanted` is its URL, or its number when a Promotion waits for it.
 *
 * Errors: cli.usage, cli.not-found, cli.refused with what the forge says; http.*.
 */
export async function mergePullRequest(wanted: string, deps: MergeDeps): Promise<PullRequestAddress> {
  const address = parsePullRequestUrl(wanted) ?? (await findByNumber(wanted, deps));
  const { host, repository, number } = address;
  // The sandbox maps api.github.com to its own forge, so the request is the one of production.
  const api = host === 'github.com' ? 'https://api.github.com' : deps.account.forge;
  const response = await deps.sandbox.http.request(
    {
      method: 'PUT',
      url: `${api}/repos/${repository}/pulls/${number}/merge`,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${deps.account.password}`,
        'content-type': 'application/json',
      },
      body: '{}',
      timeoutMs,
      maxBodyBytes,
    },
    deps.signal,
  );
  const commit = readMerge(response, address);
  const paint = createPaint(deps.output.isTerminal);
  deps.output.write(
    `${paint('good', 'Merged')} pull request ${number} of ${repository} as ${commit.slice(0, 8)}.\n`,
  );
  return address;
}

/** The address in the URL of a pull request's page, e.g. "https://github.com/team/gitops/pull/1". */
export function parsePullRequestUrl(text: string): PullRequestAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const { host, pathname } = new URL(text);
  const match = /^\/(?<repository>[^/]+\/[^/]+)\/pull\/(?<number>\d+)\/?$/.exec(pathname);
  const repository = match?.groups?.['repository'];
  return repository === undefined
    ? undefined
    : { host, repository, number: Number(match?.groups?.['number']) };
}

/** Promotions that have not ended say which pull requests they have opened. */
async function findByNumber(wanted: string, deps: MergeDeps): Promise<PullRequestAddress> {
  if (!/^#?\d+$/.test(wanted)) {
    throw cliErrors.create('cli.usage', `"${wanted}" is neither the number nor the URL of a pull request`);
  }
  const number = Number(wanted.replace('#', ''));
  const all = await deps.cluster.reader.listLive(promotions, {}, deps.signal);
  const open = all
    .filter((promotion) => !isTerminal(promotion))
    .flatMap((promotion) => pullRequestOf(promotion) ?? []);
  const urls = [...new Set(open.filter((one) => one.number === number).map(({ url }) => url))];
  const [url = ''] = urls;
  const address = parsePullRequestUrl(url);
  if (urls.length === 1 && address !== undefined) return address;
  if (urls.length > 1) {
    throw cliErrors.create('cli.usage', `several pull requests have number ${number}: ${urls.join(', ')}`, {
      hint: 'Name one by its URL',
    });
  }
  const known = open.map((one) => one.url).join(', ');
  throw cliErrors.create('cli.not-found', `no Promotion waits for a pull request ${number}`, {
    hint: known === '' ? 'None waits for any; name the pull request by its URL' : `Open ones: ${known}`,
  });
}

/** The merge commit, or why there is none. */
function readMerge(response: HttpResponse, { repository, number }: PullRequestAddress): string {
  const answer = parseAnswer(response.body);
  if (response.status === 200 && answer.sha !== undefined) return answer.sha;
  const says = answer.message === undefined ? '' : `: ${answer.message}`;
  const message = `pull request ${number} of ${repository} was not merged, the forge answers ${response.status}${says}`;
  if (response.status === 404) {
    throw cliErrors.create('cli.not-found', message, { hint: 'Check the repository and the number' });
  }
  throw cliErrors.create('cli.refused', message, {
    hint: 'It may be merged or closed already, or its branch may conflict with the target',
  });
}

function parseAnswer(body: Uint8Array): { readonly sha?: string; readonly message?: string } {
  let answer: unknown;
  try {
    answer = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return {};
  }
  const sha = textAt(answer, 'sha');
  const message = textAt(answer, 'message');
  return { ...(sha === undefined ? {} : { sha }), ...(message === undefined ? {} : { message }) };
}

function textAt(value: unknown, name: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === 'string' ? found : undefined;
}
