import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { Clock, Random } from '../../../ports/index.ts';
import { textAt, textsAt, valueAt } from '../json-path.ts';
import type { User } from '../resource.ts';
import type { Store } from '../storage.ts';

const issuer = 'https://kubernetes.default.svc.cluster.local';
const curve = 'prime256v1';
const secondMs = 1000;

/** What a token is for. */
export interface TokenClaims {
  readonly namespace: string;
  readonly name: string;
  /** The uid of the ServiceAccount; a token ends with it. */
  readonly uid: string;
  readonly audiences: readonly string[];
  readonly lifetimeSeconds: number;
}

/** Issues and reads the tokens of ServiceAccounts: JSON Web Tokens signed by the server's own key. */
export interface ServiceAccountTokens {
  /** The audience that stands for this server. */
  readonly audience: string;
  issue(claims: TokenClaims): { readonly token: string; readonly expiresAtMs: number };
  /** The user of a token that is valid now for one of the audiences; `undefined` for any other text. */
  read(token: string, audiences: readonly string[]): User | undefined;
}

/** A new key for `createServiceAccountTokens`, PEM. */
export function generateTokenKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Tokens signed with this key (PKCS 8, PEM, P-256); without one they end with the process. */
export function createServiceAccountTokens(
  deps: { readonly clock: Clock; readonly random: Random; readonly store: Store },
  key: string = generateTokenKey(),
): ServiceAccountTokens {
  const privateKey = createPrivateKey(key);
  const publicKey = createPublicKey(privateKey);
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha256').update(spki).digest('base64url');
  const options = { dsaEncoding: 'ieee-p1363' } as const;
  return {
    audience: issuer,
    issue(claims) {
      const nowSeconds = Math.floor(deps.clock.nowMs() / secondMs);
      const payload = toPayload(claims, nowSeconds, deps.random.uuid());
      const content = `${encode({ alg: 'ES256', kid: keyId })}.${encode(payload)}`;
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, ...options });
      const expiresAtMs = (nowSeconds + claims.lifetimeSeconds) * secondMs;
      return { token: `${content}.${signature.toString('base64url')}`, expiresAtMs };
    },
    read(token, audiences) {
      const [header = '', payload = '', signature = '', ...rest] = token.split('.');
      if (rest.length > 0 || textAt(decode(header), 'alg') !== 'ES256') return undefined;
      const content = Buffer.from(`${header}.${payload}`);
      const isOurs = verify(
        'sha256',
        content,
        { key: publicKey, ...options },
        Buffer.from(signature, 'base64url'),
      );
      return isOurs ? toUser(deps, decode(payload), audiences) : undefined;
    },
  };
}

function toPayload(claims: TokenClaims, nowSeconds: number, id: string): JsonObject {
  const { namespace, name, uid, audiences, lifetimeSeconds } = claims;
  return {
    aud: audiences,
    exp: nowSeconds + lifetimeSeconds,
    iat: nowSeconds,
    iss: issuer,
    jti: id,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
    nbf: nowSeconds,
    sub: usernameOf(namespace, name),
  };
}

const usernameOf = (namespace: string, name: string): string => `system:serviceaccount:${namespace}:${name}`;

/** The groups that every ServiceAccount of a namespace is in. */
export const serviceAccountGroups = (namespace: string): readonly string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];

function toUser(
  { clock, store }: { readonly clock: Clock; readonly store: Store },
  payload: JsonValue,
  audiences: readonly string[],
): User | undefined {
  const nowSeconds = clock.nowMs() / secondMs;
  const isCurrent =
    Number(valueAt(payload, 'nbf')) <= nowSeconds && nowSeconds < Number(valueAt(payload, 'exp'));
  const isForUs = textsAt(payload, 'aud').some((audience) => audiences.includes(audience));
  if (!isCurrent || !isForUs || textAt(payload, 'iss') !== issuer) return undefined;
  const namespace = textAt(payload, 'kubernetes.io', 'namespace') ?? '';
  const name = textAt(payload, 'kubernetes.io', 'serviceaccount', 'name') ?? '';
  const uid = textAt(payload, 'kubernetes.io', 'serviceaccount', 'uid') ?? '';
  const account = store.get({ resource: 'serviceaccounts', namespace, name });
  if (account === undefined || textAt(account, 'metadata', 'uid') !== uid) return undefined;
  const groups = [...serviceAccountGroups(namespace), 'system:authenticated'];
  return { username: usernameOf(namespace, name), uid, groups };
}

const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): JsonValue {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as JsonValue;
    return isJsonObject(value) ? value : {};
  } catch {
    // Not a token of ours, whatever it is.
    return {};
  }
}
