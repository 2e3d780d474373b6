import type { IncomingMessage } from 'node:http';
import { failure } from '../status.ts';

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
