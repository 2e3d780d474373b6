import { LRUCache } from 'lru-cache';
import { sha256Hex } from '../../base/index.ts';
import { orAbort } from '../../flights/index.ts';
import type { Clock, HttpClient } from '../../ports/index.ts';
import type { GitHubApp } from './app.ts';
import { githubAppErrors } from './errors.ts';
import { fetchToken, type InstallationToken, type TokenOrder } from './exchange.ts';
import { readGitHubRepository } from './repository.ts';
import { readScope } from './scopes.ts';

/** For which repository a token is wanted, and by whom. */
export interface TokenRequest {
  readonly app: GitHubApp;
  readonly repoURL: string;
  readonly project: string;
  /** The text of the Secret's annotation kargo.akuity.io/github-token-scopes. */
  readonly scopes?: string | undefined;
  /** A token that the host does not accept any more, though it has not ended; it is not given out again. */
  readonly refused?: string | undefined;
}

/** Tokens of installations of GitHub Apps. */
export interface GitHubAppTokens {
  /**
   * A token that is good for the repository and no other, or for those of the Project that the Secret's annotation names;
   * `undefined` when the address is none of a repository over HTTP.
   *
   * Guarantees: good for five minutes at least; one request to GitHub for all who ask for the same at once.
   * Errors: github-app.*.
   */
  find(request: TokenRequest, signal: AbortSignal): Promise<string | undefined>;
}

/** The user name that goes with such a token over git; GitHub takes any. */
export const githubAppUsername = 'kargo';

const marginMs = 5 * 60_000;
const maxTokens = 1000;
const flightLimitMs = 150_000;

/** Creates the source of tokens; it keeps what it gets in memory until shortly before it expires. */
export function createGitHubAppTokens(deps: {
  readonly http: HttpClient;
  readonly clock: Clock;
}): GitHubAppTokens {
  const { clock } = deps;
  const known = new LRUCache<string, InstallationToken>({ max: maxTokens });
  const flights = new Map<string, Promise<InstallationToken>>();
  /** Belongs to all who wait for it, so it has a limit of its own and none of their signals. */
  const start = (key: string, order: TokenOrder): Promise<InstallationToken> => {
    const limit = new AbortController();
    const stop = clock.schedule(flightLimitMs, () =>
      limit.abort(githubAppErrors.create('github-app.unreachable', 'GitHub takes too long to give a token')),
    );
    const flight = fetchToken(deps, order, limit.signal).finally(() => {
      stop();
      flights.delete(key);
    });
    flights.set(key, flight);
    flight.then(
      (made) => known.set(key, made),
      () => undefined,
    );
    return flight;
  };
  return {
    async find({ app, repoURL, project, scopes, refused }, signal) {
      const repository = readGitHubRepository(repoURL);
      if (repository === undefined) return undefined;
      const repositories = readScope(scopes, project, repository.name);
      const order = { app, api: repository.api, repositories };
      const key = toKey(order);
      const kept = known.get(key);
      const isGood = kept !== undefined && kept.expiresAtMs - marginMs > clock.nowMs();
      if (isGood && kept.token !== refused) return kept.token;
      const made = await orAbort(flights.get(key) ?? start(key, order), signal);
      return made.token;
    },
  };
}

/** A key that was exchanged gives new tokens at once. */
function toKey({ app, api, repositories }: TokenOrder): string {
  const names = repositories.map((name) => name.toLowerCase());
  return JSON.stringify([api, app.issuer, app.installation, sha256Hex(app.privateKey), names]);
}
