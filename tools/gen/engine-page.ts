import { waitingReasons } from '../../src/domain/index.ts';
import type { StepDefinition } from '../../src/ports/index.ts';
import { engineRules } from './engine-rules.ts';
import { cell, generatedPage, tableRow } from './markdown.ts';

const source = 'src/domain/promotion/waiting.ts, src/steps and tools/gen/engine-rules.ts';

/** The reference page of how promotions run. */
export function renderEnginePage(steps: readonly StepDefinition[]): string {
  return [
    generatedPage(source),
    '# How a promotion runs',
    '',
    'What happens to a Promotion between its creation and its end. The [steps](steps/README.md) and the [expressions](expressions/README.md)',
    'have pages of their own.',
    '',
    ...engineRules.flatMap(({ title, rules }) => [
      `## ${title}`,
      '',
      ...rules.map((rule) => `- ${rule}`),
      '',
    ]),
    '## Reasons of waiting',
    '',
    'While a Promotion has not begun, `status.message` is a reason, a colon and a sentence that names what is in the way, in quotes. The list is',
    'closed; `gantry why` shows the same. Once it runs, the message is that of its current step.',
    '',
    tableRow(['Reason', 'When', 'In quotes', 'What to do']),
    tableRow(['---', '---', '---', '---']),
    ...Object.entries(waitingReasons).map(([reason, { summary, help, blocker }]) =>
      tableRow([`\`${reason}\``, cell(summary), `the ${blocker}`, cell(help)]),
    ),
    '',
    '## Defaults of the steps',
    '',
    tableRow(['Step', 'Effect', 'Timeout', 'Errors until it fails', 'Gives its output to its task']),
    tableRow(['---', '---', '---', '---', '---']),
    ...steps.map(renderStep),
    '',
  ].join('\n');
}

function renderStep(definition: StepDefinition): string {
  const { name, effect, defaultTimeoutMs, defaultErrorThreshold, propagatesTaskOutput } = definition;
  const timeout = defaultTimeoutMs === undefined ? 'none' : `${defaultTimeoutMs / 60_000} minutes`;
  return tableRow([
    `[${name}](steps/${name}.md)`,
    effect,
    timeout,
    String(defaultErrorThreshold),
    propagatesTaskOutput ? 'yes' : 'no',
  ]);
}
