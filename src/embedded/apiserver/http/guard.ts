import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { User } from '../resource.ts';
import { failure } from '../status.ts';

/** A token and who it stands for. */
export interface TokenUser {
  readonly token: string;
  readonly user: User;
}

const forbidden = (message: string): Error => failure(403, 'Forbidden', message, { details: {} });

/**
 * Refuses what a web page in the user's browser could send: another host's name (DNS rebinding) or an origin.
 */
export function assertLocal(request: IncomingMessage, hosts: ReadonlySet<string>): void {
  const host = (request.headers.host ?? '').toLowerCase();
  if (!hosts.has(host)) throw forbidden(`forbidden: Host ${JSON.stringify(host)} is not this server`);
  const origin = request.headers.origin;
  if (origin === undefined) return;
  const authority = URL.canParse(origin) ? new URL(origin).host : origin;
  if (!hosts.has(authority.toLowerCase())) {
    throw forbidden(`forbidden: Origin ${JSON.stringify(origin)} is not this server`);
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Who makes a request by its bearer token; a 401 Status for anybody else. */
export function authenticate(request: IncomingMessage, users: readonly TokenUser[]): User {
  const given = /^Bearer\s+(?<token>\S+)\s*$/i.exec(request.headers.authorization ?? '')?.groups?.['token'];
  const found = users.find(
    (candidate) => given !== undefined && timingSafeEqual(digest(candidate.token), digest(given)),
  );
  if (found === undefined) throw failure(401, 'Unauthorized', 'Unauthorized');
  return impersonated(request, found.user);
}

/** Every user may act as any other, as every user may do everything. */
function impersonated(request: IncomingMessage, user: User): User {
  const username = request.headers['impersonate-user'];
  if (typeof username !== 'string') return user;
  const groups = request.headersDistinct['impersonate-group'] ?? [];
  return { username, groups: [...groups, 'system:authenticated'] };
}
