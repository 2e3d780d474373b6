import type { ResourceRequest } from '../request.ts';
import { badRequest, failure } from '../status.ts';

const maxInt64 = 2n ** 63n - 1n;
const maxUint64 = 2n ** 64n - 1n;

/** Refuses numbers of the query that are none: 400 for sizes and times, 500 for the version of a single read or a watch. */
export function assertNumbers({ verb, query }: ResourceRequest): void {
  const isCollection = verb === 'list' || verb === 'watch' || verb === 'deletecollection';
  const isDelete = verb === 'delete' || verb === 'deletecollection';
  const names = [
    ...(isCollection ? ['limit', 'timeoutSeconds'] : []),
    ...(isDelete ? ['gracePeriodSeconds'] : []),
  ];
  for (const name of names) {
    const text = query.get(name) ?? '';
    const why = text === '' ? undefined : whyNoInteger(text);
    if (why !== undefined) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  }
  const version = query.get('resourceVersion') ?? '';
  const why = version === '' ? undefined : whyNoVersion(version);
  if (why === undefined) return;
  const text = `resourceVersion: Invalid value: ${JSON.stringify(version)}: ${why}`;
  if (verb === 'get' || verb === 'watch') throw failure(500, '', text);
  if (isCollection) throw badRequest(`invalid resource version: ${text}`);
}

function whyNoInteger(text: string): string | undefined {
  if (!/^[-+]?\d+$/.test(text)) return 'invalid syntax';
  const value = BigInt(text.replace(/^\+/, ''));
  return value > maxInt64 || value < -maxInt64 - 1n ? 'value out of range' : undefined;
}

/** What keeps a text from being a resourceVersion, in the genuine server's words. */
export function whyNoVersion(text: string): string | undefined {
  const said = `strconv.ParseUint: parsing ${JSON.stringify(text)}: `;
  if (!/^\d+$/.test(text)) return `${said}invalid syntax`;
  return BigInt(text) > maxUint64 ? `${said}value out of range` : undefined;
}
