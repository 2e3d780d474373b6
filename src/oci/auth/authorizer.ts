import { LRUCache } from 'lru-cache';
import type { Clock, Credential } from '../../ports/index.ts';
import { type Challenge, digestOf, parseChallenges } from '../../wire/oci/index.ts';
import { ociErrors } from '../errors.ts';
import { placeOf, type Repository } from '../repository.ts';
import { createSharing } from '../sharing.ts';
import { refused } from './refused.ts';
import {
  basicHeader,
  identityTokenOf,
  type RegistryAction,
  readTokenEndpoint,
  type TokenClient,
} from './token.ts';

/** Finds the Authorization header for requests. */
export interface Authorizer {
  /** The header that worked last time, if it is still valid. */
  known(repository: Repository, action: RegistryAction): string | undefined;
  /**
   * A new header for a request that was refused; callers that are refused at the same time share one token.
   *
   * `undefined` when there is nothing new to try: no challenge is known. Errors: oci.auth-failed when the challenge
   * cannot be answered, and those of the token endpoint.
   */
  answer(refusal: Refusal, signal: AbortSignal): Promise<string | undefined>;
}

/** A request that was answered with 401 or 403. */
export interface Refusal {
  readonly repository: Repository;
  readonly action: RegistryAction;
  /** The Authorization header that it had. */
  readonly used: string | undefined;
  /** The answer's WWW-Authenticate header; a 403 has none, and the last one counts. */
  readonly challenge: string | undefined;
}

interface Kept {
  readonly header: string;
  readonly challenge: string;
  readonly validUntilMs: number;
}

const maxKept = 2000;
const basicLifeMs = 3_600_000;
/** A token is replaced when this share of its life is over. */
const usableShare = 0.9;

/** Creates the keeper of authorizations, in memory. */
export function createAuthorizer(deps: { readonly clock: Clock; readonly tokens: TokenClient }): Authorizer {
  const kept = new LRUCache<string, Kept>({ max: maxKept });
  const sharing = createSharing<Kept>();

  async function findAnswer(refusal: Refusal, challenge: string, signal: AbortSignal): Promise<Kept> {
    const { repository, action } = refusal;
    const challenges = parseChallenges(challenge);
    const { credential } = repository.source;
    const endpoint = challenges
      .filter((item) => item.scheme === 'bearer')
      .map((item) => readTokenEndpoint(item, repository, action, deps.tokens.hosts))
      .find((item) => item !== undefined);
    const basic = basicHeader(credential);
    const canBasic = challenges.some((item) => item.scheme === 'basic') && basic !== undefined;
    const expiresIn = (lifeMs: number): number => deps.clock.nowMs() + lifeMs * usableShare;
    if (endpoint !== undefined) {
      const token = await deps.tokens.fetchToken(repository, endpoint, signal);
      return { header: `Bearer ${token.value}`, challenge, validUntilMs: expiresIn(token.lifeMs) };
    }
    if (canBasic) return { header: basic, challenge, validUntilMs: expiresIn(basicLifeMs) };
    throw cannotAnswer(repository, challenges);
  }

  return {
    known(repository, action) {
      const found = kept.get(keyOf(repository, action));
      return found !== undefined && found.validUntilMs > deps.clock.nowMs() ? found.header : undefined;
    },
    async answer(refusal, signal) {
      const { repository, action, used } = refusal;
      const key = keyOf(repository, action);
      const last = kept.get(key);
      const isNewer = last !== undefined && last.validUntilMs > deps.clock.nowMs() && last.header !== used;
      if (isNewer) return last.header;
      const challenge = refusal.challenge ?? last?.challenge;
      if (challenge === undefined) return undefined;
      const found = await sharing.join(
        key,
        async () => {
          const answer = await findAnswer(refusal, challenge, signal);
          kept.set(key, answer);
          return answer;
        },
        signal,
      );
      return found.header;
    },
  };
}

/** What was fetched with one password must not serve another one, nor outlive it. */
function keyOf(repository: Repository, action: RegistryAction): string {
  const { host, name, identity, source, alsoReads = '' } = repository;
  return [host, name, identity, secretKey(source.credential), action, alsoReads].join('\n');
}

function secretKey(credential: Credential | undefined): string {
  if (credential === undefined) return '';
  const { username = '', password = '', identityToken = '' } = credential;
  const text = `${username}\n${password}\n${identityToken}`;
  return digestOf(new TextEncoder().encode(text));
}

function cannotAnswer(repository: Repository, challenges: readonly Challenge[]): Error {
  const { credential } = repository.source;
  const schemes = challenges.map((item) => item.scheme);
  if (schemes.includes('bearer')) {
    return ociErrors.create(
      'oci.protocol',
      `registry ${repository.host} names a token endpoint that is not safe to use for ${repository.label}`,
      { data: placeOf(repository) },
    );
  }
  if (!schemes.includes('basic')) {
    return refused(repository, 'it asks for a kind of authentication that is not supported');
  }
  if (identityTokenOf(credential) !== undefined) {
    return refused(repository, 'it asks for a user name and a password, and there is an identity token');
  }
  return refused(repository, 'it asks for a credential and none matches');
}
