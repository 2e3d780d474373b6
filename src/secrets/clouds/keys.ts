import { sha256Hex } from '../../base/index.ts';
import type { Credential, HttpClient } from '../../ports/index.ts';
import { unavailable } from '../failures.ts';
import type { TokenCache } from '../token-cache.ts';
import type { Material, Wanted } from '../types.ts';
import { fetchEcrToken, isForbidden, parseEcr } from './ecr.ts';
import { toUnavailable } from './ecr-ambient.ts';
import { fetchGarKeyToken, isGar, parseServiceAccountKey } from './gar.ts';

/** A key that is exchanged for tokens. */
export interface CloudKey {
  fetch(identity: string, refused: Credential | undefined, signal: AbortSignal): Promise<Material>;
}

/** Keys of accounts at clouds, as Secrets hold them. */
export interface CloudKeys {
  /** The key among a Secret's values; `undefined` when there is none, a text when it cannot serve this repository. */
  read(value: (name: string) => string | undefined, wanted: Wanted): CloudKey | string | undefined;
}

/** Creates the reader of keys; tokens are kept until shortly before they end. */
export function createCloudKeys(deps: { readonly http: HttpClient; readonly tokens: TokenCache }): CloudKeys {
  const keep = (
    parts: readonly string[],
    fetch: (identity: string, signal: AbortSignal) => Promise<Material>,
  ) => ({
    fetch: (identity: string, refused: Credential | undefined, signal: AbortSignal) =>
      deps.tokens.get(
        // A key that was exchanged gives new tokens at once.
        { key: sha256Hex(JSON.stringify([identity, ...parts])), identity, maxLifeMs, refused },
        (shared) => fetch(identity, shared),
        signal,
      ),
  });
  return {
    read(value, { place }) {
      const [region, accessKeyId, secretAccessKey] = awsNames.map((name) => value(name)?.trim());
      if (region || accessKeyId || secretAccessKey) {
        if (!region || !accessKeyId || !secretAccessKey) return `needs all of ${awsNames.join(', ')}`;
        const registry = parseEcr(place);
        if (registry === undefined) return 'has a key of Amazon, and the repository is not at ECR';
        return keep([registry.host, accessKeyId, secretAccessKey], async (identity, signal) => {
          const call = { http: deps.http, registry: { ...registry, region }, signal };
          try {
            const token = await fetchEcrToken(call, async () => ({ accessKeyId, secretAccessKey }));
            return token.material;
          } catch (error) {
            if (isForbidden(error)) throw unavailable(identity, 'Amazon does not accept the key');
            throw toUnavailable(identity, 'Amazon', error);
          }
        });
      }
      const text = value('gcpServiceAccountKey')?.trim();
      if (!text) return undefined;
      const key = parseServiceAccountKey(text);
      if (key === undefined) return 'has a gcpServiceAccountKey that is not the base64 of a JSON key';
      if (!isGar(place)) return 'has a key of Google, and the repository is not at Artifact Registry';
      return keep([text], (identity, signal) => fetchGarKeyToken(deps.http, key, identity, signal));
    },
  };
}

const awsNames = ['awsRegion', 'awsAccessKeyID', 'awsSecretAccessKey'] as const;
const maxLifeMs = 12 * 3_600_000;
