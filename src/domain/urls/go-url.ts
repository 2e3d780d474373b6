/** The parts of an absolute address with an authority, decoded as Go's net/url does. */
export interface ParsedUrl {
  readonly scheme: string;
  /** As written, without the "@"; `undefined` when there is none. */
  readonly userInfo: string | undefined;
  readonly host: string;
  /** Decoded. */
  readonly path: string;
  /** As written. */
  readonly rawPath: string;
  /** As written, without the "?"; `undefined` when there is none. */
  readonly query: string | undefined;
  /** As written, without the "#"; empty when there is none. */
  readonly fragment: string;
}

// scheme, authority, path, query, fragment, e.g. "https://user@host:80/path?query#fragment".
const shape =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?:#(?<fragment>.*))?$/u;
const hostCharacters = /^(?:[A-Za-z0-9._~!$&'()*+,;=:[\]<>"-]|[^\0-\x7f])*$/u;
const userCharacters = /^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/;

/** The parts of an address such as "https://host/path", in lower case already; `undefined` where Go would refuse it. */
export function parseUrl(text: string): ParsedUrl | undefined {
  const groups = shape.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const authority = groups['authority'] ?? '';
  const at = authority.lastIndexOf('@');
  const userInfo = at < 0 ? undefined : authority.slice(0, at);
  const host = authority.slice(at + 1);
  const rawPath = groups['path'] ?? '';
  const path = decodePath(rawPath);
  if (path === undefined || !isHost(host)) return undefined;
  if (userInfo !== undefined && !userCharacters.test(userInfo)) return undefined;
  return {
    scheme: groups['scheme'] ?? '',
    userInfo,
    host,
    path,
    rawPath,
    query: groups['query'],
    fragment: groups['fragment'] ?? '',
  };
}

/** Is this text, whatever it is, one that Go's url.Parse accepts? Decides only what repository addresses can hit. */
export function isParsableUrl(text: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return parseUrl(text.replace(/^[^:]+/, (s) => s.toLowerCase())) !== undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return true;
  const firstSegment = text.split(/[/?#]/, 1)[0] ?? '';
  return !firstSegment.includes(':') && decodePath(text.split(/[?#]/, 1)[0] ?? '') !== undefined;
}

/** The address as Go would print it after its path was replaced. */
export function formatUrl(url: ParsedUrl, path: string): string {
  const user = url.userInfo === undefined ? '' : `${url.userInfo}@`;
  const isEmpty = url.host === '' && path === '' && url.userInfo === undefined;
  const query = url.query === undefined ? '' : `?${url.query}`;
  const fragment = url.fragment === '' ? '' : `#${url.fragment}`;
  return `${url.scheme}:${isEmpty ? '' : '//'}${user}${url.host}${encodePath(url, path)}${query}${fragment}`;
}

function isHost(host: string): boolean {
  if (!hostCharacters.test(host)) return false;
  const afterBracket = host.slice(host.lastIndexOf(']') + 1);
  const colon = afterBracket.lastIndexOf(':');
  return colon < 0 || /^\d*$/.test(afterBracket.slice(colon + 1));
}

function decodePath(path: string): string | undefined {
  if (/%(?![0-9a-f]{2})/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    // Bytes that are not UTF-8; such a path stays as it is written.
    return path;
  }
}

/** Go keeps the spelling of an untouched path when it is a valid one, and escapes anew otherwise. */
function encodePath(url: ParsedUrl, path: string): string {
  if (path === url.path && /^[A-Za-z0-9._~!$&'()*+,;=:@[\]%/-]*$/.test(url.rawPath)) return url.rawPath;
  return encodeURIComponent(path)
    .replace(/%(?:2F|24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
    .replace(/['()*!]/g, escapeByte);
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
