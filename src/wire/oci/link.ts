// One link of a Link header, e.g. `</v2/app/tags/list?n=100&last=b>; rel="next"`.
const nextForm = /<(?<target>[^>]*)>[^,]*;\s*rel\s*=\s*"?next"?/i;

/** The target of `rel="next"` in a Link header, as written; `undefined` when there is none. */
export function parseNextLink(header: string | undefined): string | undefined {
  return nextForm.exec(header ?? '')?.groups?.['target'];
}

/** A Link header that points to the next page. */
export function writeNextLink(target: string): string {
  return `<${target}>; rel="next"`;
}
