import {
  type KindDefinition,
  type StructuralSchema,
  structuralSchemaOf,
} from '../../src/api/structural/index.ts';
import { cell, generatedPage, tableRow } from './markdown.ts';

/** A table for a place that the definition leaves open. */
export interface ExtraTable {
  /** Where it stands, e.g. "spec.subscriptions[].git". */
  readonly path: string;
  /** What the paths of its fields begin with. */
  readonly name: string;
  readonly schema: StructuralSchema;
}

/** The name of a kind's page without its ending: "PromotionTask" reads "promotion-task". */
export function pageName(kind: KindDefinition): string {
  return kind.kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

/** The reference page of a kind: facts, printed columns, and every field. */
export function renderKindPage(kind: KindDefinition, extras: readonly ExtraTable[] = []): string {
  const schema = structuralSchemaOf(kind);
  const members = Object.entries(schema.properties ?? {}).filter(
    ([name]) => !['apiVersion', 'kind', 'metadata'].includes(name),
  );
  return [
    generatedPage('src/api/v1alpha1'),
    `# ${kind.kind}`,
    '',
    kind.description,
    '',
    ...renderFacts(kind),
    '',
    ...renderColumns(kind),
    '',
    '## Fields',
    '',
    tableRow(['Field', 'Type', 'Meaning']),
    tableRow(['---', '---', '---']),
    ...members.flatMap(([name, member]) =>
      renderField(member, { path: name, isRequired: schema.required?.includes(name) === true }),
    ),
    '',
    ...extras.flatMap(renderExtra),
  ].join('\n');
}

function renderExtra(extra: ExtraTable): readonly string[] {
  return [
    `## \`${extra.path}\``,
    '',
    extra.schema.description ?? '',
    '',
    tableRow(['Field', 'Type', 'Meaning']),
    tableRow(['---', '---', '---']),
    ...renderChildren(extra.schema, extra.name),
    '',
  ];
}

/** The list of all kinds. */
export function renderKindIndex(kinds: readonly KindDefinition[]): string {
  return [
    generatedPage('src/api/v1alpha1'),
    '# Kinds',
    '',
    'The kinds of the API group `kargo.akuity.io`, version `v1alpha1`.',
    '',
    tableRow(['Kind', 'Scope', 'What it is']),
    tableRow(['---', '---', '---']),
    ...kinds.map((kind) =>
      tableRow([`[${kind.kind}](${pageName(kind)}.md)`, kind.scope, cell(kind.description)]),
    ),
    '',
  ].join('\n');
}

function renderFacts(kind: KindDefinition): readonly string[] {
  const short = kind.shortNames.map((name) => `\`${name}\``).join(', ');
  return [
    `- API version: \`${kind.group}/${kind.version}\``,
    `- Scope: ${kind.scope === 'Cluster' ? 'cluster' : 'namespace'}`,
    `- Plural: \`${kind.plural}\`${short === '' ? '' : `; short names: ${short}`}`,
    `- Status: ${kind.hasStatus ? 'a sub-resource' : 'none'}`,
  ];
}

function renderColumns(kind: KindDefinition): readonly string[] {
  return [
    '## Columns of `kubectl get`',
    '',
    tableRow(['Column', 'From']),
    tableRow(['---', '---']),
    ...kind.printerColumns.map((column) => tableRow([cell(column.name), `\`${cell(column.jsonPath)}\``])),
  ];
}

function renderField(
  schema: StructuralSchema,
  place: { readonly path: string; readonly isRequired: boolean },
): readonly string[] {
  const meaning = [schema.description ?? '', ...renderRules(schema)].join(' ').trim();
  const type = `${typeText(schema)}${place.isRequired ? ', required' : ''}`;
  return [tableRow([`\`${place.path}\``, cell(type), cell(meaning)]), ...renderChildren(schema, place.path)];
}

function renderChildren(schema: StructuralSchema, path: string): readonly string[] {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    renderField(member, {
      path: `${path}.${name}`,
      isRequired: schema.required?.includes(name) === true,
    }),
  );
  const { items, additionalProperties: rest } = schema;
  return [
    ...rows,
    ...(items === undefined ? [] : renderChildren(items, `${path}[]`)),
    ...(typeof rest === 'object' ? renderChildren(rest, `${path}.<name>`) : []),
  ];
}

function typeText(schema: StructuralSchema): string {
  const { type, items, additionalProperties, format, enum: values } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string';
  if (type === undefined) return 'any';
  if (type === 'array') return `list of ${items === undefined ? 'any' : typeText(items)}`;
  if (type === 'object' && typeof additionalProperties === 'object')
    return `map of ${typeText(additionalProperties)}`;
  if (values !== undefined) return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  return format === undefined ? type : `${type} (${format})`;
}

function renderRules(schema: StructuralSchema): readonly string[] {
  const rules = [schema, ...(schema.items === undefined ? [] : [schema.items])].flatMap(
    (place) => place['x-kubernetes-validations'] ?? [],
  );
  const texts = [...new Set(rules.map((rule) => rule.message ?? rule.rule))];
  const pattern = schema.pattern === undefined ? [] : [`Pattern: \`${schema.pattern}\`.`];
  return [...pattern, ...texts.map((text) => `Rule: ${text}.`)];
}
