import { criteriaFunctions } from '../../../src/controllers/warehouse/index.ts';
import {
  dataFunctions,
  freightFunctions,
  promotionEnvironment,
  statusFunctions,
  utilityFunctions,
} from '../../../src/domain/expressions/index.ts';
import {
  type BuiltinDoc,
  binaryOperators,
  builtinGroups,
  defaultLimits,
  describeType,
  durationMethods,
  type FunctionSignature,
  type Limits,
  templateFunctions,
  timeMethods,
  unaryOperators,
} from '../../../src/expr/index.ts';
import { cell, generatedPage, tableRow } from '../markdown.ts';
import { exampleEnvironment, exampleScope, exampleStep, exampleVars } from './example.ts';
import {
  coercionRules,
  kindRows,
  type LanguageExample,
  languageSections,
  templateExamples,
} from './language.ts';
import { expressionPlaces } from './places.ts';

const source = 'src/expr, src/domain/expressions and tools/gen/expressions';

/** The pages of the expression language, by file name. */
export function renderExpressionPages(): ReadonlyMap<string, string> {
  const pages: readonly (readonly [string, readonly string[]])[] = [
    ['README.md', renderIndex()],
    ['language.md', renderLanguage()],
    ['templates.md', renderTemplates()],
    ['builtins.md', renderBuiltins()],
    ['functions.md', renderFunctions()],
    ['environments.md', renderEnvironments()],
  ];
  return new Map(pages.map(([name, lines]) => [name, [generatedPage(source), ...lines, ''].join('\n')]));
}

function renderIndex(): readonly string[] {
  return [
    '# Expressions',
    '',
    'Manifests hold expressions between `${{` and `}}`: in variables, conditions and configurations of steps. Some fields of a Warehouse are',
    'expressions as a whole, without delimiters. The language is that of Kargo, which is expr-lang.',
    '',
    '| page | holds |',
    '| --- | --- |',
    '| [language](language.md) | literals, operators, choices, predicates; limits |',
    '| [templates](templates.md) | delimiters, and when a result becomes a number or a boolean |',
    `| [builtins](builtins.md) | the ${builtinGroups.flatMap((group) => group.builtins).length} functions of the language |`,
    '| [functions](functions.md) | functions that read Freight, ConfigMaps, Secrets and earlier steps |',
    '| [environments](environments.md) | which names and functions exist where |',
    '',
    'All examples on these pages are run as tests. Those that name `vars`, `outputs` or `ctx` are evaluated over the',
    '[example Promotion](environments.md#the-example-promotion). When an expression fails, the message names the place in it, what was nil and',
    'which names exist there; the [error codes](../errors.md#expr) are listed with what to do.',
  ];
}

function renderLanguage(): readonly string[] {
  return [
    '# The language',
    '',
    ...languageSections.flatMap((section) => [
      `## ${section.title}`,
      '',
      section.words,
      '',
      ...renderExamples(section.examples),
      '',
    ]),
    '## Precedence',
    '',
    'From what binds last to what binds first. `**` and `^` group from the right, all others from the left. `not` goes before `in`, `matches`,',
    '`contains`, `startsWith` and `endsWith`.',
    '',
    ...renderPrecedence(),
    '',
    '## Kinds of values',
    '',
    tableRow(['Kind', 'Comes from']),
    tableRow(['---', '---']),
    ...kindRows.map(([kind, from]) => tableRow([kind, from])),
    '',
    '## Limits',
    '',
    'Limits count work, never time, so that an expression gives the same on every machine. Beyond one, evaluation ends with `expr.limit`.',
    '',
    tableRow(['What', 'At most']),
    tableRow(['---', '---']),
    ...limitRows.map(([name, what]) => tableRow([what, grouped(defaultLimits[name])])),
  ];
}

const limitRows: readonly (readonly [keyof Limits, string])[] = [
  ['maxSourceLength', 'characters of an expression'],
  ['maxNodes', 'parts (names, literals, operators) of an expression'],
  ['maxNesting', 'levels of nesting'],
  ['maxSteps', 'parts evaluated and items gone through in one evaluation'],
  ['maxOutput', 'characters and items made in one evaluation, and characters of its result'],
];

function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

function renderPrecedence(): readonly string[] {
  const levels = new Map<number, string[]>();
  const spellings = [
    ...[...binaryOperators].map(([name, { precedence }]) => [name, precedence] as const),
    ...[...unaryOperators].map(
      ([name, { precedence }]) => [`${name}${name === 'not' ? '' : 'x'}`, precedence] as const,
    ),
  ];
  for (const [name, precedence] of spellings) {
    levels.set(precedence, [...(levels.get(precedence) ?? []), `\`${name.replaceAll('|', '\\|')}\``]);
  }
  return [
    tableRow(['Operators']),
    tableRow(['---']),
    tableRow(['`?:`, `if`']),
    ...[...levels].sort(([a], [b]) => a - b).map(([, names]) => tableRow([names.join(', ')])),
  ];
}

function renderTemplates(): readonly string[] {
  return [
    '# Templates',
    '',
    'A template is text with expressions between `${{` and `}}` or `${%` and `%}`. An expression ends at the first closing delimiter of its form,',
    'even within a text of it: use the other form there. Text without an opening delimiter is no template; it stays as it is. In a',
    'configuration every text is a template, names of members are not.',
    '',
    '## What a template becomes',
    '',
    ...coercionRules.map((rule, index) => `${index + 1}. ${rule}`),
    '',
    '## Examples',
    '',
    ...renderExamples(templateExamples),
    '',
    '## Functions of templates',
    '',
    'They put their text in quotes, so that the rules leave it text.',
    '',
    ...templateFunctions.flatMap(renderFunction),
  ];
}

function renderBuiltins(): readonly string[] {
  return [
    '# Builtins',
    '',
    'Functions that every expression has. In signatures, `?` marks what may be left out.',
    '',
    ...builtinGroups.flatMap(({ title, builtins }) => [
      `## ${title}`,
      '',
      tableRow(['Function', 'Gives', 'Example', 'Result']),
      tableRow(['---', '---', '---', '---']),
      ...builtins.map(renderBuiltin),
      '',
    ]),
    '## Methods of times',
    '',
    ...renderMethods(timeMethods),
    '',
    '## Methods of durations',
    '',
    ...renderMethods(durationMethods),
  ];
}

function renderBuiltin({ signature, summary, example }: BuiltinDoc): string {
  return tableRow([code(signature), cell(summary), code(example.source), code(example.result)]);
}

type Methods = ReadonlyMap<string, Pick<FunctionSignature['overloads'][number], 'params' | 'result'>>;

function renderMethods(methods: Methods): readonly string[] {
  return [...methods].map(([name, { params, result }]) => {
    const types = params.map(describeType).join(', ');
    return `- \`${name}(${types}): ${describeType(result)}\``;
  });
}

const functionGroups: readonly {
  readonly title: string;
  readonly words: string;
  readonly functions: readonly FunctionSignature[];
}[] = [
  {
    title: 'Freight',
    words:
      'They look in the Freight that the Promotion brings and in what the Stage already has from other Warehouses. Without an origin, exactly one Warehouse that the Stage requests Freight from must subscribe to the artifact; name one with `warehouse()` where two do. Git repositories are compared in their normal form, images and charts literally. What they give has the fields of the manifests, with a capital or a small first letter: `.Tag` and `.tag`.',
    functions: freightFunctions,
  },
  {
    title: 'Data',
    words:
      'They read once per pass of the Promotion. What `secret()` and `sharedSecret()` read is masked in messages.',
    functions: dataFunctions,
  },
  {
    title: 'Versions',
    words: 'On semantic versions, with or without a leading v.',
    functions: utilityFunctions,
  },
  {
    title: 'Earlier steps',
    words: 'In `if` and `config` of steps only, not in variables.',
    functions: statusFunctions,
  },
];

function renderFunctions(): readonly string[] {
  return [
    '# Functions',
    '',
    'Functions beyond the [builtins](builtins.md); [environments](environments.md) says where they exist.',
    '',
    ...functionGroups.flatMap(({ title, words, functions }) => [
      `## ${title}`,
      '',
      words,
      '',
      ...functions.flatMap(renderFunction),
    ]),
    '## Of `freightCreationCriteria`',
    '',
    'There the functions look at the newest artifacts that the Warehouse has found. Addresses are compared in their normal form.',
    '',
    ...criteriaFunctions.map(({ signature, summary }) => `- \`${signature}\`: ${summary}`),
  ];
}

function renderFunction({ signature, summary, example }: FunctionSignature): readonly string[] {
  const shown =
    example === undefined
      ? []
      : [`Example: ${code(`\${{ ${example.source} }}`)} gives ${code(example.result)}.`, ''];
  return [`### \`${signature}\``, '', summary, '', ...shown];
}

function renderEnvironments(): readonly string[] {
  return [
    '# Environments',
    '',
    'Which names and functions an expression has depends on where it stands. An unknown name is nil; an unknown function is an error.',
    '',
    tableRow(['Where', 'Delimiters', 'Names', 'Functions', 'Result']),
    tableRow(['---', '---', '---', '---', '---']),
    ...expressionPlaces.map((place) =>
      tableRow([
        place.where,
        place.hasDelimiters ? 'yes' : 'no',
        cell(place.names),
        cell(place.functions),
        cell(place.result),
      ]),
    ),
    '',
    '## Names',
    '',
    tableRow(['Name', 'In the example']),
    tableRow(['---', '---']),
    ...Object.entries(exampleEnvironment().variables).flatMap(([name, value]) => renderName(name, value)),
    '| `task.outputs.<alias>` | in steps of a task: outputs of steps of the same task, by the aliases within it |',
    '',
    'Variables are evaluated in their order: those of the Promotion (of its Stage first, then of the template), then those of the step, and',
    'each sees the ones before it; of two with one name the later one counts. `outputs` holds what earlier steps gave, by alias; from outside, a step',
    "of a task is `outputs['task::step']`, and what its compose-output gave is `outputs.task`. Aliases with a hyphen need brackets and quotes.",
    '',
    '## The example Promotion',
    '',
    'The examples of these pages are evaluated in the last step of this Promotion:',
    '',
    '```yaml',
    `# Project ${exampleScope.snapshot.project}, Stage ${exampleScope.facts.stage}`,
    'vars:',
    ...exampleVars.map(({ name, value }) => `  - { name: ${name}, value: ${JSON.stringify(value)} }`),
    'freight:',
    ...exampleScope.snapshot.freight.flatMap(({ commits = [], images = [], charts = [], artifacts = [] }) => [
      ...commits.map((commit) => `  commit: ${JSON.stringify(commit)}`),
      ...images.map((image) => `  image: ${JSON.stringify(image)}`),
      ...charts.map((chart) => `  chart: ${JSON.stringify(chart)}`),
      ...artifacts.map((artifact) => `  artifact: ${JSON.stringify(artifact)}`),
    ]),
    'outputs of earlier steps:',
    ...Object.entries(exampleStep.outputs).map(([alias, output]) => `  ${alias}: ${JSON.stringify(output)}`),
    'their status:',
    ...exampleStep.steps.map(({ alias, status }) => `  ${alias}: ${status}`),
    '```',
  ];
}

/** Leaves of what does not depend on a manifest, and the rest as a whole. */
function renderName(name: string, value: unknown): readonly string[] {
  if (name !== 'ctx') return [tableRow([`\`${name}\``, meanings[name] ?? ''])];
  return leavesOf(value as object, name).map(([path, leaf]) => tableRow([`\`${path}\``, code(leaf)]));
}

const meanings: Readonly<Record<string, string>> = {
  vars: 'variables by name',
  outputs: 'outputs of earlier steps by alias',
  stepMetas:
    'records of earlier steps by alias: `Status`, `Message`, `ErrorCount`, `StartedAt`, `FinishedAt`',
};

function leavesOf(value: object, path: string): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
    const at = `${path}.${name}`;
    if (typeof member !== 'object' || member === null) return [[at, String(member)] as const];
    return 'text' in member ? [[at, String(member.text)] as const] : leavesOf(member, at);
  });
}

function renderExamples(examples: readonly LanguageExample[]): readonly string[] {
  return [
    tableRow(['Example', 'Gives', '']),
    tableRow(['---', '---', '---']),
    ...examples.map(({ source: text, result, note = '' }) =>
      tableRow([code(text), code(result), cell(note)]),
    ),
  ];
}

/** Text as code within a cell, whatever back quotes and bars it holds. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  const pad = text.includes('`') ? ' ' : '';
  return `${fence}${pad}${cell(text)}${pad}${fence}`;
}

/** For the generator's test: promotion-level expressions have no outputs. */
export function promotionNames(): readonly string[] {
  return Object.keys(promotionEnvironment(exampleScope, {}).variables);
}
