import type { IncomingMessage, ServerResponse } from 'node:http';
import { createForge, type EmbeddedForge } from '../../embedded/forge/index.ts';
import { createGitServer, type GitServer, isGitPath } from '../../embedded/git-server/index.ts';
import { type Account, type Listening, listen } from '../../embedded/http/index.ts';
import { createEmbeddedRegistry } from '../../embedded/registry/index.ts';
import type { Clock, Log, Metrics } from '../../ports/index.ts';
import type { LocalAuthority } from '../certificates.ts';
import type { Resources } from '../resources.ts';
import { defaultGitHost, type GitHostName, isApiRequest } from './git-hosts.ts';

/** The hosts of manifests that every sandbox answers for. */
export const mappedHosts = ['ghcr.io', 'github.com', 'api.github.com'] as const;

/** The servers that stand where registry and git host are in production. */
export interface ArtifactServers {
  readonly git: GitServer;
  readonly forge: EmbeddedForge;
  readonly listening: Listening;
  /** The hosts of manifests that these servers answer for. */
  readonly hosts: readonly string[];
}

/**
 * Starts registry, git server and forge on one port with TLS; the host name of a request decides who answers. Further git
 * hosts have pull requests of their own over the same repositories.
 *
 * By the loopback address, git repositories and the registry can be reached too, so that native clients need no mapping.
 */
export async function startArtifactServers(
  deps: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
  authority: LocalAuthority,
  { account, gitHosts }: { readonly account: Account; readonly gitHosts: readonly GitHostName[] },
  resources: Resources,
): Promise<ArtifactServers> {
  const git = createGitServer({ clock: deps.clock, log: deps.log }, { accounts: [account] });
  const startForge = ({ flavor, urls }: GitHostName): EmbeddedForge =>
    resources.use(createForge({ clock: deps.clock, git, log: deps.log }, { flavor, urls }), (one) =>
      one[Symbol.dispose](),
    );
  const forge = startForge(defaultGitHost);
  const further = gitHosts
    .filter(({ host }) => host !== defaultGitHost.host)
    .map((name) => ({ name, forge: startForge(name) }));
  const requests = deps.metrics.counter({
    name: 'gantry_embedded_registry_requests_total',
    help: 'Requests that the embedded registry has answered.',
    labels: ['method', 'status'],
  });
  const registry = createEmbeddedRegistry(
    { clock: deps.clock },
    {
      auth: { kind: 'bearer', username: account.login, password: account.token },
      onRequest: ({ method, status }) => requests.add({ method, status: String(status) }),
    },
  );
  const handler = (request: IncomingMessage, response: ServerResponse): void => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '');
    const path = (request.url ?? '/').replace(/\?.*$/, '');
    const other = further.find(({ name }) => name.host === host || name.apiHost === host);
    if (other !== undefined && isApiRequest(other.name, host, path)) other.forge.handleApi(request, response);
    else if (other !== undefined && !isGitPath(request.url)) other.forge.handlePages(request, response);
    else if (host === 'api.github.com' || (request.url ?? '').startsWith('/api/v3/'))
      forge.handleApi(request, response);
    else if (registry.handle(request, response)) return;
    else if (isGitPath(request.url)) git.handle(request, response);
    else forge.handlePages(request, response);
  };
  const hosts = [...new Set([...mappedHosts, ...further.flatMap(({ name }) => [name.host, name.apiHost])])];
  const { certPem, keyPem } = await authority.issue([...hosts, 'localhost', '127.0.0.1']);
  const listening = await listen(handler, { tls: { cert: certPem, key: keyPem }, hosts });
  resources.use(listening, async (one) => one[Symbol.asyncDispose]());
  return { git, forge, listening, hosts };
}
