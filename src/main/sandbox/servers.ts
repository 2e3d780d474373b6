import type { IncomingMessage, ServerResponse } from 'node:http';
import { createForge, type EmbeddedForge } from '../../embedded/forge/index.ts';
import { createGitServer, type GitServer, isGitPath } from '../../embedded/git-server/index.ts';
import { type Account, type Listening, listen } from '../../embedded/http/index.ts';
import { createEmbeddedRegistry } from '../../embedded/registry/index.ts';
import type { Clock, Log, Metrics } from '../../ports/index.ts';
import type { LocalAuthority } from '../certificates.ts';
import type { Resources } from '../resources.ts';

/** The hosts of manifests that the sandbox answers for. */
export const mappedHosts = ['ghcr.io', 'github.com', 'api.github.com'] as const;

/** The servers that stand where registry and git host are in production. */
export interface ArtifactServers {
  readonly git: GitServer;
  readonly forge: EmbeddedForge;
  readonly listening: Listening;
}

/**
 * Starts registry, git server and forge on one port with TLS; the host name of a request decides who answers.
 *
 * By the loopback address, git repositories and the registry can be reached too, so that native clients need no mapping.
 */
export async function startArtifactServers(
  deps: { readonly clock: Clock; readonly log: Log; readonly metrics: Metrics },
  authority: LocalAuthority,
  account: Account,
  resources: Resources,
): Promise<ArtifactServers> {
  const git = createGitServer({ clock: deps.clock, log: deps.log }, { accounts: [account] });
  const forge = resources.use(createForge({ clock: deps.clock, git, log: deps.log }), (one) =>
    one[Symbol.dispose](),
  );
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
    if (host === 'api.github.com' || (request.url ?? '').startsWith('/api/v3/'))
      forge.handleApi(request, response);
    else if (registry.handle(request, response)) return;
    else if (isGitPath(request.url)) git.handle(request, response);
    else forge.handlePages(request, response);
  };
  const { certPem, keyPem } = await authority.issue([...mappedHosts, 'localhost', '127.0.0.1']);
  const listening = await listen(handler, { tls: { cert: certPem, key: keyPem }, hosts: mappedHosts });
  resources.use(listening, async (one) => one[Symbol.asyncDispose]());
  return { git, forge, listening };
}
