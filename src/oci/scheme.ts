import { AppError } from '../base/index.ts';
import type { HttpHead, HttpRequest } from '../ports/index.ts';
import type { Repository } from './repository.ts';
import { createSharing } from './sharing.ts';

/** Knows with which registries plain HTTP is spoken. */
export interface Schemes {
  /** Found out once per host, with a request that carries no secret; "https" wherever http is not allowed. */
  schemeOf(repository: Repository, signal: AbortSignal): Promise<'https' | 'http'>;
}

/** Creates the memory of schemes. */
export function createSchemes(
  ask: (repository: Repository, request: HttpRequest, signal: AbortSignal) => Promise<HttpHead>,
): Schemes {
  const known = new Map<string, 'https' | 'http'>();
  const sharing = createSharing<'https' | 'http'>();

  async function probe(repository: Repository, signal: AbortSignal): Promise<'https' | 'http'> {
    const tls = repository.tls === undefined ? {} : { tls: repository.tls };
    try {
      await ask(repository, { method: 'GET', url: `https://${repository.host}/v2/`, ...tls }, signal);
      return 'https';
    } catch (error) {
      if (signal.aborted || !speaksPlainly(error)) throw error;
      return 'http';
    }
  }

  return {
    async schemeOf(repository, signal) {
      if (!repository.mayBePlain) return 'https';
      const { host } = repository;
      const found = known.get(host) ?? (await sharing.join(host, () => probe(repository, signal), signal));
      known.set(host, found);
      return found;
    },
  };
}

/** Did the connection fail as it does when TLS is spoken to a server that does not? */
function speaksPlainly(error: unknown): boolean {
  const reason = error instanceof AppError ? error.data['reason'] : undefined;
  return typeof reason === 'string' && /^(?:EPROTO|ERR_SSL|ECONNRESET|UND_ERR_SOCKET)/.test(reason);
}
