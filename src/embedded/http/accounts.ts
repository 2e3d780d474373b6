import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Somebody who may use an embedded server. */
export interface Account {
  /** The user name that others see; with basic authentication any name may be sent. */
  readonly login: string;
  readonly token: string;
  /** The only repositories that it may see, as "owner/name"; all when absent. */
  readonly repositories?: readonly string[];
  /** When the token ends; never when absent. */
  readonly expiresAtMs?: number;
}

/** The account whose token a request carries, as basic password or bearer token. */
export function findAccount(request: IncomingMessage, accounts: readonly Account[]): Account | undefined {
  const token = readBasicOrBearer(request);
  if (token === undefined) return undefined;
  return accounts.find((account) => isSameSecret(account.token, token));
}

/** May an account see a repository, "owner/name"? Nobody's own account may what the server lets everybody do. */
export function maySee(account: Account | undefined, repository: string): boolean {
  const isNamed = (one: string): boolean => one.toLowerCase() === repository.toLowerCase();
  return account?.repositories === undefined || account.repositories.some(isNamed);
}

/** The secret in the Authorization header: the password of "Basic", the token of "Bearer" or "token". */
export function readBasicOrBearer(request: IncomingMessage): string | undefined {
  // For example "Basic bWU6c2VjcmV0" or "Bearer ghp_abc".
  const match = /^(?<scheme>basic|bearer|token) +(?<value>\S+)$/i.exec(request.headers.authorization ?? '');
  const value = match?.groups?.['value'];
  if (value === undefined) return undefined;
  if (match?.groups?.['scheme']?.toLowerCase() !== 'basic') return value;
  const pair = Buffer.from(value, 'base64').toString();
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  // Some clients send the token as user name with an empty or fixed password.
  const password = pair.slice(colon + 1);
  return password === '' || password === 'x-oauth-basic' ? pair.slice(0, colon) : password;
}

function isSameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
