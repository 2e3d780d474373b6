import picocolors from 'picocolors';

/** What a piece of text means; only a terminal shows it. */
export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'waiting' | 'name';

/** Gives text the look of its meaning. */
export type Paint = (tone: Tone, text: string) => string;

/** A painter that changes nothing unless the output is a terminal. */
export function createPaint(isTerminal: boolean): Paint {
  const colors = picocolors.createColors(isTerminal);
  const looks: Readonly<Record<Tone, (text: string) => string>> = {
    plain: (text) => text,
    strong: colors.bold,
    dim: colors.dim,
    good: colors.green,
    bad: colors.red,
    waiting: colors.yellow,
    name: colors.cyan,
  };
  return (tone, text) => (text === '' ? text : looks[tone](text));
}

/** The tone of a health, phase or similar word. */
export function toneOf(word: string): Tone {
  if (['Healthy', 'Succeeded', 'Verified', 'Successful', 'Ready', 'Synced'].includes(word)) return 'good';
  if (['Unhealthy', 'Failed', 'Errored', 'Error', 'Aborted', 'Degraded'].includes(word)) return 'bad';
  if (['Progressing', 'Pending', 'Running', 'Unknown', 'OutOfSync'].includes(word)) return 'waiting';
  return 'plain';
}
