// One link of a Link header with its parameters, e.g. `</v2/app/tags/list?n=100&last=b>; rel="next"`.
const linkForm =
  /<(?<target>[^<>]*)>(?<parameters>(?:\s*;\s*[\w*-]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)\s*(?:,|$)/g;
// The relation types of a link, which may be several, e.g. `rel="last next"`.
const relationForm = /;\s*rel\s*=\s*(?:"(?<quoted>[^"]*)"|(?<plain>[^\s;,"]*))/i;
const maxHeaderLength = 16_384;

/** The target of `rel="next"` in a Link header, as written; `undefined` when there is none. */
export function parseNextLink(header: string | undefined): string | undefined {
  if (header === undefined || header.length > maxHeaderLength) return undefined;
  for (const link of header.matchAll(linkForm)) {
    const relation = relationForm.exec(link.groups?.['parameters'] ?? '')?.groups;
    const types = (relation?.['quoted'] ?? relation?.['plain'] ?? '').toLowerCase().split(/\s+/);
    if (types.includes('next')) return link.groups?.['target'];
  }
  return undefined;
}

/** A Link header that points to the next page. */
export function writeNextLink(target: string): string {
  return `<${target}>; rel="next"`;
}
