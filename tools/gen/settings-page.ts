import { describeSettings } from '../../src/main/settings.ts';
import { cell, generatedPage, tableRow } from './markdown.ts';

/** The reference page of the environment variables that processes read. */
export function renderSettingsPage(): string {
  return [
    generatedPage('src/main/settings.ts'),
    '# Settings',
    '',
    'Processes are set up by environment variables. Names and defaults are those of Kargo’s chart where it has them. A value',
    'that is not understood stops the start with a sentence that names the variable, the value and what was expected.',
    '',
    tableRow(['Variable', 'Meaning']),
    tableRow(['---', '---']),
    ...describeSettings().map(({ name, meaning }) => tableRow([`\`${name}\``, cell(meaning)])),
    '',
  ].join('\n');
}
