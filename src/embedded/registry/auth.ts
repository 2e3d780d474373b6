import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../ports/index.ts';
import { formatChallenge } from '../../wire/oci/index.ts';
import { type Call, jsonReply, problemReply, type Reply } from './reply.ts';

/** How clients must prove who they are; one user knows everything. */
export interface RegistryAuth {
  readonly kind: 'basic' | 'bearer';
  readonly username: string;
  readonly password: string;
}

/** What a request wants to do. */
export interface RegistryAccess {
  /** `undefined` for requests about no repository. */
  readonly repository: string | undefined;
  readonly action: 'pull' | 'push';
}

/** Checks requests and hands out tokens. */
export interface Guard {
  /** The refusal, or `undefined` when the request may go on. */
  check(call: Call, access: RegistryAccess, origin: string): Reply | undefined;
  /** Answers the token endpoint. */
  token(call: Call): Reply;
}

const tokenLifeMs = 300_000;
const service = 'gantry-registry';

/** A guard for these credentials; without any, everything is allowed. */
export function createGuard(auth: RegistryAuth | undefined, clock: Clock): Guard {
  const key = randomBytes(32);
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  const isUser = (call: Call): boolean =>
    auth !== undefined && isSame(readBasic(call), `${auth.username}:${auth.password}`);

  function hasToken(call: Call, access: RegistryAccess): boolean {
    const token = /^Bearer (?<token>.+)$/i.exec(call.headers['authorization'] ?? '')?.groups?.['token'] ?? '';
    const [payload = '', signature = ''] = token.split('.');
    if (!isSame(signature, sign(payload))) return false;
    const [expiresAtMs = '0', ...scopes] = Buffer.from(payload, 'base64url').toString().split('\n');
    if (Number(expiresAtMs) < clock.nowMs()) return false;
    return access.repository === undefined || scopes.includes(`${access.repository}:${access.action}`);
  }

  function refuse(access: RegistryAccess, origin: string): Reply {
    const actions = access.action === 'push' ? 'pull,push' : 'pull';
    const scope: Record<string, string> =
      access.repository === undefined ? {} : { scope: `repository:${access.repository}:${actions}` };
    const challenge =
      auth?.kind === 'bearer'
        ? formatChallenge({ scheme: 'bearer', parameters: { realm: `${origin}/token`, service, ...scope } })
        : formatChallenge({ scheme: 'basic', parameters: { realm: service } });
    return problemReply(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
  }

  return {
    check(call, access, origin) {
      if (auth === undefined) return undefined;
      const isAllowed = auth.kind === 'basic' ? isUser(call) : hasToken(call, access);
      return isAllowed ? undefined : refuse(access, origin);
    },
    token(call) {
      if (auth?.kind !== 'bearer') return problemReply(404, 'UNSUPPORTED', 'this registry has no tokens');
      if (!isUser(call)) return problemReply(401, 'UNAUTHORIZED', 'wrong user name or password');
      const scopes = call.query.getAll('scope').flatMap(readScope);
      const payload = Buffer.from([clock.nowMs() + tokenLifeMs, ...scopes].join('\n')).toString('base64url');
      return jsonReply({ token: `${payload}.${sign(payload)}`, expires_in: tokenLifeMs / 1000 });
    },
  };
}

/** "repository:a/b:pull,push" as "a/b:pull" and "a/b:push". */
function readScope(scope: string): readonly string[] {
  const parts = /^repository:(?<name>.+):(?<actions>[^:]+)$/.exec(scope)?.groups;
  return (parts?.['actions'] ?? '').split(',').map((action) => `${parts?.['name']}:${action}`);
}

function readBasic(call: Call): string {
  const encoded = /^Basic (?<value>.+)$/i.exec(call.headers['authorization'] ?? '')?.groups?.['value'] ?? '';
  return Buffer.from(encoded, 'base64').toString();
}

function isSame(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
