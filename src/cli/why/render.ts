import type { Action, Explanation } from '../../domain/index.ts';
import { createPaint, type Tone } from '../render/style.ts';

/** An explanation as one page of text. Pure. */
export function renderExplanation(explanation: Explanation, isTerminal: boolean): string {
  const paint = createPaint(isTerminal);
  const lines = [paint(toneOfBlocker(explanation), explanation.headline), ''];
  for (const fact of explanation.facts) lines.push(`  ${fact}`);
  if (explanation.reason !== undefined) lines.push(`  Reason: ${explanation.reason}`);
  if (explanation.facts.length > 0 || explanation.reason !== undefined) lines.push('');
  if (explanation.advice.length > 0) lines.push(paint('strong', 'What to do'));
  for (const { text, action } of explanation.advice) {
    lines.push(`  ${text}`);
    if (action === undefined) continue;
    for (const command of commandsOf(action, explanation.namespace))
      lines.push(`    ${paint('name', command)}`);
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The commands of an action: ours, then kubectl's where there is one. */
export function commandsOf(action: Action, namespace: string): readonly string[] {
  const where = namespace === '' ? '' : ` -n ${namespace}`;
  switch (action.kind) {
    case 'merge':
      return [`gantry merge ${action.url}`];
    case 'promote':
      return [`gantry promote ${action.stage} --freight ${action.freight}${where}`];
    case 'why':
      return [`gantry why ${action.name}${where}`];
    case 'describe':
      return [`kubectl describe ${action.resource} ${action.name}${where}`];
    case 'list':
      return [`gantry get ${action.resource}${where}`];
  }
}

function toneOfBlocker({ blocker }: Explanation): Tone {
  if (blocker === 'None' || blocker === 'Ended') return 'good';
  return blocker === 'Failed' || blocker === 'Problem' || blocker === 'StageMissing' ? 'bad' : 'waiting';
}
