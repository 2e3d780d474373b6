import { formatUrl, type ParsedUrl, parseUrl } from './go-url.ts';
import { sanitizeUrl, toLower } from './sanitize.ts';

// The short form of SSH, e.g. "git@github.com:example/repo.git"; user and path may be absent.
const scpForm = /^(?:(?<user>[\w-]+)@)?(?<host>[\w-]+(?:\.[\w-]+)*)(?::(?<path>.*))?$/;

/**
 * The normal form of a git repository's address: lower case, without ".git", short SSH forms spelled out; the input
 * itself when it cannot be normalized.
 *
 * Guarantees: pure, idempotent for addresses that it changes.
 * Source: Kargo's behavior; Freight names depend on it.
 */
export function normalizeGitUrl(repoURL: string): string {
  const text = toLower(sanitizeUrl(repoURL));
  if (/^https?:\/\//.test(text)) return normalizeUrl(text, false) ?? repoURL;
  if (text.startsWith('ssh://')) return normalizeUrl(text, true) ?? repoURL;
  const scp = scpForm.exec(text)?.groups;
  if (scp === undefined) return repoURL;
  const user = scp['user'] === undefined ? '' : `${scp['user']}@`;
  const path = scp['path'] === undefined || scp['path'] === '' ? '' : `/${scp['path']}`;
  const spelledOut = `ssh://${user}${scp['host']}${path}`;
  return normalizeUrl(spelledOut, true) ?? spelledOut;
}

function normalizeUrl(text: string, keepUser: boolean): string | undefined {
  const parsed = parseUrl(text);
  if (parsed === undefined || /[^&]/.test(parsed.query ?? '')) return undefined;
  const url: ParsedUrl = keepUser ? parsed : { ...parsed, userInfo: undefined };
  return formatUrl(url, url.path.replace(/\/$/, '').replace(/\.git$/, ''));
}
