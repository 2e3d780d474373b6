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
/** The issuer of tokens that lie in Secrets. */
const secretIssuer = 'kubernetes/serviceaccount';
const secretClaim = 'kubernetes.io/serviceaccount';
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
  /** The object that the token ends with. */
  readonly boundTo?: BoundObject;
}

/** A Pod or Secret in the namespace of the ServiceAccount. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret';
  readonly name: string;
  readonly uid: string;
}

/** A Secret that holds the token of a ServiceAccount. */
export interface SecretClaims {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The Secret's name. */
  readonly secret: string;
}

/** Issues and reads the tokens of ServiceAccounts: JSON Web Tokens signed by the server's own key. */
export interface ServiceAccountTokens {
  /** The audience that stands for this server. */
  readonly audience: string;
  issue(claims: TokenClaims): { readonly token: string; readonly expiresAtMs: number };
  /** A token without end, valid for as long as the Secret holds it. */
  issueForSecret(claims: SecretClaims): string;
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
  const signed = (payload: JsonObject): string => {
    const content = `${encode({ alg: 'ES256', kid: keyId })}.${encode(payload)}`;
    const signature = sign('sha256', Buffer.from(content), { key: privateKey, ...options });
    return `${content}.${signature.toString('base64url')}`;
  };
  return {
    audience: issuer,
    issue(claims) {
      const nowSeconds = Math.floor(deps.clock.nowMs() / secondMs);
      const payload = toPayload(claims, nowSeconds, deps.random.uuid());
      const expiresAtMs = (nowSeconds + claims.lifetimeSeconds) * secondMs;
      return { token: signed(payload), expiresAtMs };
    },
    issueForSecret: (claims) => signed(toSecretPayload(claims)),
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
      if (!isOurs) return undefined;
      const claims = decode(payload);
      return textAt(claims, 'iss') === secretIssuer
        ? userOfSecret(deps.store, claims, { token, isForUs: audiences.includes(issuer) })
        : toUser(deps, claims, audiences);
    },
  };
}

function toPayload(claims: TokenClaims, nowSeconds: number, id: string): JsonObject {
  const { namespace, name, uid, audiences, lifetimeSeconds, boundTo } = claims;
  const bound =
    boundTo === undefined ? {} : { [boundTo.kind.toLowerCase()]: { name: boundTo.name, uid: boundTo.uid } };
  return {
    aud: audiences,
    exp: nowSeconds + lifetimeSeconds,
    iat: nowSeconds,
    iss: issuer,
    jti: id,
    'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid } },
    nbf: nowSeconds,
    sub: usernameOf(namespace, name),
  };
}

function toSecretPayload({ namespace, name, uid, secret }: SecretClaims): JsonObject {
  return {
    iss: secretIssuer,
    [`${secretClaim}/namespace`]: namespace,
    [`${secretClaim}/secret.name`]: secret,
    [`${secretClaim}/service-account.name`]: name,
    [`${secretClaim}/service-account.uid`]: uid,
    sub: usernameOf(namespace, name),
  };
}

function userOfSecret(
  store: Store,
  payload: JsonValue,
  { token, isForUs }: { readonly token: string; readonly isForUs: boolean },
): User | undefined {
  const at = (name: string): string => textAt(payload, `${secretClaim}/${name}`) ?? '';
  const namespace = at('namespace');
  const held = store.get({ resource: 'secrets', namespace, name: at('secret.name') });
  const isHeld = textAt(held, 'data', 'token') === Buffer.from(token).toString('base64');
  if (!isForUs || !isHeld || isGoing(held)) return undefined;
  return userOfAccount(store, {
    namespace,
    name: at('service-account.name'),
    uid: at('service-account.uid'),
  });
}

const isGoing = (object: JsonObject | undefined): boolean =>
  textAt(object, 'metadata', 'deletionTimestamp') !== undefined;

function userOfAccount(
  store: Store,
  { namespace, name, uid }: { readonly namespace: string; readonly name: string; readonly uid: string },
): User | undefined {
  const account = store.get({ resource: 'serviceaccounts', namespace, name });
  if (account === undefined || textAt(account, 'metadata', 'uid') !== uid) return undefined;
  const groups = [...serviceAccountGroups(namespace), 'system:authenticated'];
  return { username: usernameOf(namespace, name), uid, groups };
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
  const user = userOfAccount(store, { namespace, name, uid });
  if (user === undefined || !isStillBound(store, payload, namespace)) return undefined;
  return { ...user, extra: extraOf(payload) };
}

const boundKinds = ['pod', 'secret'] as const;

/** A token ends with the object that it is bound to. */
function isStillBound(store: Store, payload: JsonValue, namespace: string): boolean {
  return boundKinds.every((kind) => {
    const name = textAt(payload, 'kubernetes.io', kind, 'name');
    if (name === undefined) return true;
    const held = store.get({ resource: `${kind}s`, namespace, name });
    const uid = textAt(payload, 'kubernetes.io', kind, 'uid');
    return held !== undefined && !isGoing(held) && textAt(held, 'metadata', 'uid') === uid;
  });
}

function extraOf(payload: JsonValue): Record<string, readonly string[]> {
  const pod = textAt(payload, 'kubernetes.io', 'pod', 'name');
  const prefix = 'authentication.kubernetes.io';
  return {
    [`${prefix}/credential-id`]: [`JTI=${textAt(payload, 'jti') ?? ''}`],
    ...(pod === undefined
      ? {}
      : {
          [`${prefix}/pod-name`]: [pod],
          [`${prefix}/pod-uid`]: [textAt(payload, 'kubernetes.io', 'pod', 'uid') ?? ''],
        }),
  };
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
