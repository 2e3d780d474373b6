/** A part of the page of the language: words, then examples. */
export interface LanguageSection {
  readonly title: string;
  readonly words: string;
  readonly examples: readonly LanguageExample[];
}

/** An expression, and what it gives as JSON or as "error: …". Run as a test. */
export interface LanguageExample {
  readonly source: string;
  readonly result: string;
  readonly note?: string;
}

/** The grammar by examples, in the order of the page. */
export const languageSections: readonly LanguageSection[] = [
  {
    title: 'Literals',
    words:
      'Texts stand in single, double or back quotes; back quotes know no escapes. An int has 64 bits, a number with a point or an exponent is a float.',
    examples: [
      { source: "'it' + \"'s\"", result: '"it\'s"' },
      { source: '`a\\n`', result: '"a\\\\n"', note: 'no escapes in back quotes' },
      { source: '1_000 + 0xff + 0b11 + 0o17', result: '1273' },
      { source: '1.5e3', result: '1500' },
      { source: "[1, 'a', true, nil]", result: '[1,"a",true,null]' },
      { source: "{'a b': 1, c: 2}.c", result: '2', note: 'a plain key needs no quotes' },
      { source: '1 /* one */ + 2 // three', result: '3', note: 'comments' },
    ],
  },
  {
    title: 'Members, items and slices',
    words:
      'A missing member of a map is nil. Asking nil for a member is an error; `?.` gives nil instead. Negative indexes count from the end; slices of texts count UTF-8 bytes.',
    examples: [
      { source: 'vars.image', result: '"ghcr.io/example/app"' },
      {
        source: "outputs['open-pr'].pr.id",
        result: '42',
        note: 'an alias with a hyphen needs brackets and quotes',
      },
      { source: 'outputs.nothing', result: 'null' },
      {
        source: 'outputs.nothing.pr',
        result: 'error: cannot read "pr": outputs.nothing is nil; outputs has commit, open-pr',
      },
      { source: 'outputs.nothing?.pr', result: 'null' },
      { source: "outputs.nothing?.pr ?? 'none'", result: '"none"' },
      { source: 'vars.regions[-1]', result: '"us"' },
      { source: '[1, 2, 3, 4][1:3]', result: '[2,3]' },
      { source: "'8a1b2c3d4e'[:7]", result: '"8a1b2c3"' },
    ],
  },
  {
    title: 'Operators',
    words:
      '`/` always gives a float, `%` and `..` take ints. Comparing values of different kinds with `==` is false (an error already when both are literals); `<` needs two of a kind. `&&`, `||` and conditions take booleans only.',
    examples: [
      { source: '7 / 2', result: '3.5' },
      { source: '7 % 2 + 2 ** 3', result: '9' },
      { source: '1 == 1.0', result: 'true' },
      { source: 'vars.replicas == 3', result: 'false', note: 'the variable is text' },
      { source: 'int(vars.replicas) == 3', result: 'true' },
      { source: '1 < 2 < 3', result: 'true', note: 'comparisons chain' },
      { source: "'us' in vars.regions", result: 'true' },
      { source: "'x' not in {x: 1}", result: 'false', note: 'keys of a map' },
      { source: "ctx.stage matches '^prod(-[a-z]+)?$'", result: 'true', note: 'RE2' },
      { source: "vars.image startsWith 'ghcr.io/'", result: 'true' },
      { source: "vars.tag contains '.' or vars.tag endsWith '00'", result: 'true' },
      { source: '1..4', result: '[1,2,3,4]' },
      { source: "'a' + 1", result: 'error: string + int has no meaning; convert with string() first' },
    ],
  },
  {
    title: 'Choices',
    words: '`??` gives its right side when its left is nil; conditions must be booleans.',
    examples: [
      { source: "ctx.stage == 'prod' ? 3 : 1", result: '3' },
      { source: "if ctx.stage == 'prod' { 3 } else { 1 }", result: '3' },
      { source: "outputs.nothing ?? 'default'", result: '"default"' },
    ],
  },
  {
    title: 'Variables, sequences and pipes',
    words:
      '`let` names a value for what follows the semicolon. `|` puts the value on its left in as the first argument.',
    examples: [
      { source: "let repo = split(vars.image, '/'); repo[-1]", result: '"app"' },
      { source: "vars.image | split('/') | last()", result: '"app"' },
      { source: '1; 2', result: '2', note: 'a sequence gives its last value' },
    ],
  },
  {
    title: 'Predicates',
    words:
      'Functions over lists take a predicate, in braces or bare. `#` is the item, `.name` its member, `#index` its index in `map`, and `#acc` what `reduce` has so far.',
    examples: [
      { source: 'filter([1, 2, 3], # > 1)', result: '[2,3]' },
      { source: "map([{name: 'a'}], .name)", result: '["a"]' },
      { source: "map(vars.regions, {# + '-' + string(#index)})", result: '["eu-0","us-1"]' },
      { source: 'reduce([1, 2, 3], #acc + #, 10)', result: '16' },
      { source: 'all(1..3, # < 4) && none(1..3, # > 3)', result: 'true' },
    ],
  },
];

/** Templates, and what they give as JSON. Run as a test. */
export const templateExamples: readonly LanguageExample[] = [
  { source: 'env/${{ ctx.stage }}', result: '"env/prod"', note: 'spliced into text' },
  { source: "${% ctx.stage %} uses ${{ '{}' }}", result: '"prod uses {}"', note: 'both forms of delimiters' },
  { source: '${{ vars.replicas }}', result: '3', note: 'text that is a number becomes one' },
  { source: '${{ vars.replicas }}0', result: '30', note: 'also when it was put together' },
  { source: '${{ quote(vars.replicas) }}', result: '"3"', note: 'unless it is quoted' },
  {
    source: '${{ imageFrom(vars.image).Tag }}',
    result: '"49040600"',
    note: 'a field of Freight stands for itself: never a number',
  },
  { source: '${{ vars.tag }}', result: '"49040600"', note: 'also through a variable' },
  {
    source: "${{ imageFrom(vars.image).Tag + '' }}",
    result: '49040600',
    note: 'an operator makes a new text, which means what it looks like',
  },
  { source: '${{ 1 == 1 }}', result: 'true', note: 'a boolean' },
  { source: "${{ 't' }}", result: 'true', note: 'a single letter is a boolean, too' },
  { source: '${{ outputs.commit }}', result: '{"branch":"env/prod","files":2}', note: 'an object' },
  { source: 'files: ${{ outputs.commit }}', result: '"files: {\\"branch\\":\\"env/prod\\",\\"files\\":2}"' },
  { source: '${{ nil }}', result: 'null', note: 'nil' },
  { source: '"${{ vars.replicas }}"', result: '"3"', note: 'what stands in double quotes is text' },
];

/** The rules by which a rendered template becomes a value, in order. */
export const coercionRules: readonly string[] = [
  'A template of exactly one expression whose value is a field of an artifact or of `ctx.targetFreight` stays the text it is. Variables, outputs, `?:`, `??` and `if` keep this; every other operator and function drops it. Kargo makes such texts numbers and booleans, too.',
  'Otherwise every expression is spliced in as text: texts as they are, all else as compact JSON. One final line feed is set aside for the rules below.',
  'Text in double quotes is the text between them. Escapes stay as they are.',
  'What Go reads as a float is a number: `007`, `1e5`, `0x1p4`, `NaN`, `inf`. NaN and infinities cannot be written into a configuration; that is an error.',
  'What Go reads as a boolean is one: `true`, `TRUE`, `True`, `t`, `T` and their opposites.',
  'What is JSON is its value: lists, objects, `null`.',
  'Everything else is text, with the line feed that was set aside.',
];

/** How the values of the language compare to those of JSON. */
export const kindRows: readonly (readonly [kind: string, from: string])[] = [
  ['`int`, `float`', 'numbers; those of JSON are floats, literals without point are ints'],
  ['`string`', 'texts'],
  ['`bool`, `nil`', '`true`, `false`, `nil`'],
  ['`list`, `map`', 'literals, JSON data, results of functions'],
  [
    '`time`, `duration`',
    '`now()`, `date()`, `duration()`; methods see [builtins](builtins.md#methods-of-times)',
  ],
];
