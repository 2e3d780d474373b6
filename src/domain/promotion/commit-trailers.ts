/**
 * The annotation that asks for trailers in commit messages: "true" on a Stage, from where admission takes it to each new
 * Promotion, or on a Promotion when it is created. An annotation, because Kargo's steps know no such member.
 */
export const commitTrailersAnnotation = 'gantry.io/commit-trailers';

/** A line at the end of a commit message, e.g. "Gantry-Stage: prod". */
export interface Trailer {
  readonly name: string;
  readonly value: string;
}

/** What commits of a Promotion say about it, when that is asked for. */
export function trailersOf(
  annotations: Readonly<Record<string, string>> | undefined,
  names: {
    readonly project: string;
    readonly stage: string;
    readonly promotion: string;
    readonly freight: string;
  },
): readonly Trailer[] {
  if (annotations?.[commitTrailersAnnotation] !== 'true') return [];
  return [
    { name: 'Gantry-Project', value: names.project },
    { name: 'Gantry-Stage', value: names.stage },
    { name: 'Gantry-Promotion', value: names.promotion },
    { name: 'Gantry-Freight', value: names.freight },
  ];
}

/**
 * The message with trailers at its end, where git finds them: behind those it has, else as a paragraph of their own. The
 * rest of the message stays as it is; without trailers all of it does.
 */
export function withTrailers(message: string, trailers: readonly Trailer[]): string {
  if (trailers.length === 0) return message;
  const text = message.replace(/\n+$/, '');
  const lines = trailers.map(({ name, value }) => `${name}: ${value}`);
  return `${text}${endsWithTrailers(text) ? '\n' : '\n\n'}${lines.join('\n')}\n`;
}

/** Is the last paragraph, if it is not the only one, made of trailers? */
function endsWithTrailers(text: string): boolean {
  const start = text.lastIndexOf('\n\n');
  if (start < 0) return false;
  const lines = text.slice(start + 2).split('\n');
  return lines.every((line, at) => /^[A-Za-z0-9-]+[ \t]*:/.test(line) || (at > 0 && /^[ \t]+\S/.test(line)));
}
