import type { JsonObject } from '../../base/index.ts';
import { callHost } from '../call.ts';
import { forgeErrors } from '../errors.ts';
import { type Fields, fieldsOf, itemsOf, textOf } from '../fields.ts';
import type { HostDeps, HostRepo } from '../host.ts';
import { githubGraph, githubStyle } from './style.ts';

/** One question to GitHub's GraphQL API. */
export interface GraphQuestion {
  readonly query: string;
  readonly variables: JsonObject;
  /** For messages. */
  readonly what: string;
}

/**
 * What GraphQL answers. It says no with status 200 and a list of errors.
 *
 * Errors: forge.*, as for the REST API.
 */
export async function askGraph(
  deps: HostDeps,
  { address, remote }: HostRepo,
  { query, variables, what }: GraphQuestion,
  signal: AbortSignal,
): Promise<Fields> {
  const url = githubGraph(address);
  const request = { method: 'POST', url, body: { query, variables }, what, remote } as const;
  const { headers, body } = await callHost(deps, githubStyle, request, signal);
  const { data, errors } = fieldsOf(body);
  const [error] = itemsOf(errors).map(fieldsOf);
  if (error === undefined) return fieldsOf(data);
  const type = textOf(error['type']) || textOf(fieldsOf(error['extensions'])['code']);
  const reason = textOf(error['message']);
  const message = `GitHub answers the request for ${what} with ${type || 'an error'}, "${reason}"`;
  const details = { data: { status: 422, reason, type } };
  switch (type) {
    case 'RATE_LIMITED': {
      const asker = { host: new URL(url).host, identity: remote.credential?.identity };
      const retryAfterMs = deps.pauses.refused(asker, { headers });
      throw forgeErrors.create('forge.rate-limited', message, { ...details, retryAfterMs });
    }
    case 'FORBIDDEN':
    case 'INSUFFICIENT_SCOPES':
      throw forgeErrors.create('forge.auth-failed', message, details);
    case 'NOT_FOUND':
      throw forgeErrors.create('forge.not-found', message, details);
    default:
      throw forgeErrors.create('forge.rejected', message, details);
  }
}
