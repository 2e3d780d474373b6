import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { User } from '../resource.ts';
import { failure } from '../status.ts';
import { assertAllowed } from './assert-allowed.ts';
import type { Authorizer, ResourceAttributes } from './attributes.ts';
import { type ServiceAccountTokens, serviceAccountGroups } from './service-account-tokens.ts';

/** A token and who it stands for. */
export interface TokenUser {
  readonly token: string;
  readonly user: User;
}

/** What tells who makes a request. */
export interface Authentication {
  readonly users: readonly TokenUser[];
  readonly tokens: ServiceAccountTokens;
  /** Decides who may act as somebody else. */
  readonly authorizer: Authorizer;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The user of a bearer token; `undefined` when it is nobody's. */
export function userOfToken(
  { users, tokens }: Pick<Authentication, 'users' | 'tokens'>,
  token: string,
  audiences: readonly string[] = [tokens.audience],
): User | undefined {
  const found = users.find((candidate) => timingSafeEqual(digest(candidate.token), digest(token)));
  return found?.user ?? tokens.read(token, audiences);
}

/** Who makes a request, by its bearer token or client certificate; a 401 Status for anybody else. */
export function authenticate(request: IncomingMessage, authentication: Authentication): User {
  const given = /^Bearer\s+(?<token>\S+)\s*$/i.exec(request.headers.authorization ?? '')?.groups?.['token'];
  const user = given === undefined ? userOfCertificate(request) : userOfToken(authentication, given);
  if (user === undefined) throw failure(401, 'Unauthorized', 'Unauthorized');
  return impersonated(request, user, authentication.authorizer);
}

/** The common name of a certificate that the server's client CA issued is the user, its organizations are the groups. */
function userOfCertificate({ socket }: IncomingMessage): User | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const username: unknown = subject?.CN;
  if (typeof username !== 'string' || username === '') return undefined;
  const organizations: unknown = subject.O ?? [];
  const groups = [organizations].flat().filter((name): name is string => typeof name === 'string');
  return { username, groups: [...groups, 'system:authenticated'] };
}

// "system:serviceaccount:default:builder"
const serviceAccount = /^system:serviceaccount:(?<namespace>[^:]+):(?<name>[^:]+)$/;

/** The user that a request is made as; acting as somebody has to be allowed. */
function impersonated(request: IncomingMessage, user: User, authorizer: Authorizer): User {
  const username = request.headers['impersonate-user'];
  const groups = request.headersDistinct['impersonate-group'] ?? [];
  if (typeof username !== 'string') {
    if (groups.length === 0) return user;
    const message = `requested [{Group  ${groups[0] ?? ''}  authentication.k8s.io/v1  }] without impersonating a user`;
    throw failure(500, 'InternalError', `Internal error occurred: ${message}`);
  }
  const account = serviceAccount.exec(username)?.groups;
  const namespace = account?.['namespace'] ?? '';
  const common = { kind: 'resource', user, verb: 'impersonate', group: '', subresource: '' } as const;
  const wanted: readonly ResourceAttributes[] = [
    account === undefined
      ? { ...common, resource: 'users', namespace: '', name: username }
      : { ...common, resource: 'serviceaccounts', namespace, name: account['name'] ?? '' },
    ...groups.map((name) => ({ ...common, resource: 'groups', namespace: '', name })),
  ];
  for (const attributes of wanted) assertAllowed(authorizer, attributes);
  const own = account === undefined || groups.length > 0 ? [] : serviceAccountGroups(namespace);
  return { username, groups: [...new Set([...groups, ...own, 'system:authenticated'])] };
}
