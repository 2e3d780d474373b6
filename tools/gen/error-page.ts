import type { Disposition } from '../../src/base/index.ts';
import type { Catalogue } from './catalogues.ts';
import { cell, generatedPage, tableRow } from './markdown.ts';

const dispositions: Readonly<Record<Disposition, string>> = {
  retry: 'tried again, with growing pauses',
  wait: 'tried again after a stated time',
  stop: 'waits for a person',
};

/** The reference page of all error codes. */
export function renderErrorPage(catalogues: readonly Catalogue[]): string {
  const sorted = [...catalogues].sort((a, b) => (a.file < b.file ? -1 : 1));
  return [
    generatedPage('the errors.ts of each module'),
    '# Error codes',
    '',
    'Every error that Gantry raises on purpose has a code. It stands in logs, conditions and messages.',
    '',
    ...sorted.flatMap(renderCatalogue),
  ].join('\n');
}

function renderCatalogue(catalogue: Catalogue): readonly string[] {
  const module = catalogue.file.replace(/^src\//, '').replace(/\/errors\.ts$/, '');
  const codes = Object.keys(catalogue.entries).sort();
  const rows = codes.flatMap((code) => {
    const entry = catalogue.entries[code];
    if (entry === undefined) return [];
    return [
      tableRow([`\`${code}\``, cell(entry.summary), cell(entry.help), dispositions[entry.disposition]]),
    ];
  });
  return [
    `## ${module}`,
    '',
    tableRow(['Code', 'When', 'What to do', 'Then it']),
    tableRow(['---', '---', '---', '---']),
    ...rows,
    '',
  ];
}
