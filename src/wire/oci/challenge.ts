/** One challenge of a WWW-Authenticate header. */
export interface Challenge {
  /** Lower case, e.g. "bearer". */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

// One "name=value" or "name="quoted"" of a challenge, e.g. `realm="https://auth.example.com/token"`.
const parameterForm = /(?<name>[\w-]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s,"]+))\s*,?\s*/y;
const schemeForm = /[\s,]*(?<scheme>[\w-]+)(?:\s+|(?=,)|$)/y;
// A challenge that is one value, e.g. the end of `Negotiate YII=`.
const valueForm = /[\w.~+/-]+=*\s*(?:,|$)/y;
/** A longer header is nobody's. */
const maxHeaderLength = 8_192;

/** The challenges of a WWW-Authenticate header, in order; what cannot be read ends the list. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const text = (header ?? '').slice(0, maxHeaderLength);
  const challenges: Challenge[] = [];
  let position = 0;
  while (position < text.length) {
    schemeForm.lastIndex = position;
    const scheme = schemeForm.exec(text)?.groups?.['scheme'];
    if (scheme === undefined) break;
    const parameters: [string, string][] = [];
    position = readParameters(text, schemeForm.lastIndex, parameters);
    challenges.push({ scheme: scheme.toLowerCase(), parameters: Object.fromEntries(parameters) });
  }
  return challenges;
}

/** A WWW-Authenticate header of one challenge. */
export function formatChallenge(challenge: Challenge): string {
  const parameters = Object.entries(challenge.parameters).map(
    ([name, value]) => `${name}="${value.replace(/["\\]/g, '\\$&')}"`,
  );
  const scheme = challenge.scheme.charAt(0).toUpperCase() + challenge.scheme.slice(1);
  return `${scheme} ${parameters.join(',')}`;
}

function readParameters(text: string, start: number, into: [string, string][]): number {
  valueForm.lastIndex = start;
  if (valueForm.test(text)) return valueForm.lastIndex;
  let position = start;
  for (;;) {
    parameterForm.lastIndex = position;
    const groups = parameterForm.exec(text)?.groups;
    if (groups === undefined) return position;
    const value = groups['quoted']?.replace(/\\(.)/g, '$1') ?? groups['plain'] ?? '';
    into.push([(groups['name'] ?? '').toLowerCase(), value]);
    position = parameterForm.lastIndex;
  }
}
