import { isJsonObject, type JsonObject } from '../../src/base/index.ts';
import type { StepDefinition } from '../../src/ports/index.ts';
import { cell, generatedPage, tableRow } from './markdown.ts';

const effects: Readonly<Record<StepDefinition['effect'], string>> = {
  local: 'changes nothing outside the promotion',
  fetch: 'reads the network; what it finds is pinned',
  wait: 'looks until something is true',
  outward: 'changes something outside, once',
};

/** The reference page of a step kind: its own words, then a table of its fields and of its output. */
export function renderStepPage(definition: StepDefinition, words: string): string {
  const [opening = '', rest = ''] = splitAt(words.trimEnd(), '\n## Examples\n');
  const { config, output } = definition.schemas();
  return [
    generatedPage(`src/steps/${definition.name}`),
    opening.trimEnd(),
    '',
    ...renderFacts(definition),
    '',
    '## Configuration',
    '',
    ...renderTable(config),
    '',
    '## Output',
    '',
    ...(output === undefined ? ['None.'] : renderTable(output)),
    '',
    '## Examples',
    rest,
    '',
  ].join('\n');
}

/** The list of all step kinds. */
export function renderStepIndex(
  pages: readonly { readonly definition: StepDefinition; readonly words: string }[],
): string {
  return [
    generatedPage('src/steps'),
    '# Promotion steps',
    '',
    'The kinds of steps that a Stage or task can name in `uses`.',
    '',
    tableRow(['Kind', 'What it does', 'Effect']),
    tableRow(['---', '---', '---']),
    ...pages.map(({ definition, words }) =>
      tableRow([
        `[${definition.name}](${definition.name}.md)`,
        cell(firstSentence(words)),
        effects[definition.effect],
      ]),
    ),
    '',
  ].join('\n');
}

function renderFacts(definition: StepDefinition): readonly string[] {
  const { defaultTimeoutMs, defaultErrorThreshold } = definition;
  const timeout = defaultTimeoutMs === undefined ? 'none' : `${defaultTimeoutMs / 60_000} minutes`;
  return [
    `- Effect: ${definition.effect} (${effects[definition.effect]})`,
    `- Default timeout: ${timeout}; errors until it fails: ${defaultErrorThreshold}`,
  ];
}

/** The first sentence below the heading, on one line. */
function firstSentence(words: string): string {
  const [, text = ''] = splitAt(words, '\n\n');
  const paragraph = text.split('\n\n')[0]?.replaceAll('\n', ' ') ?? '';
  const [sentence = ''] = splitAt(paragraph, '. ');
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

function splitAt(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + mark.length)];
}

function renderTable(schema: JsonObject): readonly string[] {
  const rows = renderMembers(schema, '');
  if (rows.length === 0) return [descriptionOf(schema) || 'Any object.'];
  return [tableRow(['Field', 'Type', 'Meaning']), tableRow(['---', '---', '---']), ...rows];
}

function renderMembers(schema: JsonObject, path: string): readonly string[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return membersOf(schema).flatMap(([name, member]) => {
    const at = path === '' ? name : `${path}.${name}`;
    const type = `${typeText(member)}${required.includes(name) ? ', required' : ''}`;
    const row = tableRow([`\`${at}\``, cell(type), cell(descriptionOf(member))]);
    const items = member['items'];
    return [
      row,
      ...renderMembers(member, at),
      ...(isJsonObject(items) ? renderMembers(items, `${at}[]`) : []),
    ];
  });
}

function membersOf(schema: JsonObject): readonly (readonly [string, JsonObject])[] {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, member]) =>
    isJsonObject(member) ? [[name, member] as const] : [],
  );
}

function descriptionOf(schema: JsonObject): string {
  return typeof schema['description'] === 'string' ? schema['description'] : '';
}

function typeText(schema: JsonObject): string {
  const { type, items, additionalProperties, enum: values } = schema;
  if (Array.isArray(values)) return values.map((value) => `\`${String(value)}\``).join(' or ');
  if (type === 'array') return `list of ${isJsonObject(items) ? typeText(items) : 'any'}`;
  if (type === 'object' && isJsonObject(additionalProperties))
    return `map of ${typeText(additionalProperties)}`;
  return typeof type === 'string' ? type : 'any';
}
