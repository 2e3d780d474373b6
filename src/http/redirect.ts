import type { HttpRequest } from '../ports/index.ts';
import { httpErrors } from './errors.ts';

/** Redirects that are followed before a server is taken to go round in circles. */
export const maxRedirects = 5;

const secretHeaders = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'private-token',
  'x-api-key',
  'x-auth-token',
]);

/** Is this an answer that points elsewhere? */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * The request that follows a redirect.
 *
 * Guarantees: never from https to http; credentials go only to the same origin; 301, 302 and 303 turn into GET as in
 * the fetch standard.
 */
export function followRedirect(request: HttpRequest, status: number, location: string): HttpRequest {
  const from = new URL(request.url);
  const refuse = (why: string): never => {
    throw httpErrors.create('http.redirect-refused', `${from.origin} redirects ${why}`);
  };
  if (!URL.canParse(location, from.href)) return refuse('to an address that cannot be read');
  const to = new URL(location, from);
  if (to.protocol !== 'https:' && to.protocol !== 'http:') return refuse(`to the scheme "${to.protocol}"`);
  if (from.protocol === 'https:' && to.protocol === 'http:') return refuse('from https to http');
  if (to.username !== '' || to.password !== '') return refuse('to an address with credentials');
  const becomesGet = status === 303 ? request.method !== 'HEAD' : status < 303 && request.method === 'POST';
  if (!becomesGet && typeof request.body === 'object' && !(request.body instanceof Uint8Array)) {
    return refuse('a request whose body cannot be sent twice');
  }
  const { body, ...rest } = request;
  const headers = Object.entries(request.headers ?? {}).filter(([name]) => {
    const lower = name.toLowerCase();
    if (becomesGet && lower.startsWith('content-')) return false;
    return to.origin === from.origin || !secretHeaders.has(lower);
  });
  const base = { ...rest, url: to.href, headers: Object.fromEntries(headers) };
  if (becomesGet) return { ...base, method: 'GET' };
  return body === undefined ? base : { ...base, body };
}
