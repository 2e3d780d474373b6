import type { CredentialCandidate, CredentialExplanation } from '../../ports/index.ts';
import { createPaint, type Tone } from '../render/style.ts';

/** What one Warehouse said of the credentials that its last look used. */
export interface WarehouseUse {
  readonly warehouse: string;
  readonly said: string | undefined;
}

/** An explanation as one page of text. Pure. */
export function renderCredentials(
  explanation: CredentialExplanation,
  uses: readonly WarehouseUse[],
  isTerminal: boolean,
): string {
  const paint = createPaint(isTerminal);
  const { request, normalURL, candidates, chosen, warnings } = explanation;
  const broken = candidates.find(({ verdict }) => verdict === 'cannot be used');
  const [tone, headline]: readonly [Tone, string] =
    broken !== undefined
      ? ['bad', `${broken.identity} matches and cannot be used, so that nothing after it is tried`]
      : chosen === undefined
        ? ['waiting', 'no credential matches: it is read without one']
        : ['good', `it is read with ${chosen}`];
  const lines = [
    paint('strong', `${request.kind} ${request.repoURL} in Project ${request.project}`),
    ...(normalURL === request.repoURL ? [] : [`compared as ${normalURL}`]),
    paint(tone, headline),
    '',
  ];
  for (const candidate of candidates) {
    lines.push(`  ${paint(toneOf(candidate), candidate.identity)} (${candidate.level})`);
    lines.push(`    ${candidate.verdict}: ${candidate.reason}`);
  }
  if (candidates.length === 0) lines.push('  There is no source of credentials for this Project.');
  if (uses.length > 0) lines.push('', 'Used by the last look');
  for (const { warehouse, said } of uses) {
    lines.push(`  Warehouse ${warehouse}: ${said ?? 'it tells of no credential'}`);
  }
  if (warnings.length > 0) lines.push('', 'Worth attention', ...warnings.map((warning) => `  ${warning}`));
  return `${lines.join('\n')}\n`;
}

function toneOf({ verdict }: CredentialCandidate): Tone {
  if (verdict === 'chosen') return 'good';
  return verdict === 'cannot be used' ? 'bad' : 'plain';
}
