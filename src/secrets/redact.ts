/** An address, or a pattern for addresses, without user, password and query: fit for messages. */
export function redactUrl(text: string): string {
  return text
    .replace(/(?<=:\/\/)[^/\s]*@/g, '')
    .replace(/\?.*$/s, '')
    .slice(0, maxShown);
}

/** Characters of an address that a message shows. */
const maxShown = 300;
