/** A place in a manifest where an expression can stand. */
export interface ExpressionPlace {
  readonly where: string;
  /** Does it stand between delimiters? Otherwise the whole text is the expression. */
  readonly hasDelimiters: boolean;
  readonly names: string;
  readonly functions: string;
  readonly result: string;
}

/** Where expressions can stand, and what they know there. */
export const expressionPlaces: readonly ExpressionPlace[] = [
  {
    where: '`vars` of Stage, promotion template and Promotion',
    hasDelimiters: true,
    names: '`ctx`, `vars` before it',
    functions: 'Freight, Data, Versions',
    result: 'any',
  },
  {
    where: '`vars` of a step, and what a task is called with',
    hasDelimiters: true,
    names: '`ctx`, `vars` before it, `outputs`, `stepMetas`, `task`',
    functions: 'Freight, Data, Versions',
    result: 'any',
  },
  {
    where: '`if` of a step',
    hasDelimiters: true,
    names: '`ctx`, `vars`, `outputs`, `stepMetas`, `task`',
    functions: 'Freight, Data, Versions, Earlier steps',
    result: 'a boolean, or the step ends as Errored: `if: "true"` without delimiters is text',
  },
  {
    where: '`config` of a step',
    hasDelimiters: true,
    names: '`ctx`, `vars`, `outputs`, `stepMetas`, `task`',
    functions: 'Freight, Data, Versions, Earlier steps',
    result: 'what the field of the step takes',
  },
  {
    where: '`freightCreationCriteria.expression` of a Warehouse',
    hasDelimiters: false,
    names: 'none',
    functions: 'its own, over the newest artifacts found',
    result: 'a boolean, or a text that reads as one',
  },
  {
    where: '`expressionFilter` of a git subscription that follows a branch',
    hasDelimiters: false,
    names: '`id`, `commitDate`, `author`, `committer`, `subject`',
    functions: 'builtins only',
    result: 'a boolean, or a text that reads as one',
  },
  {
    where: '`expressionFilter` of a git subscription that follows tags',
    hasDelimiters: false,
    names: '`tag`, `id`, `creatorDate`, `author`, `committer`, `subject`, `tagger`, `annotation`',
    functions: 'builtins only',
    result: 'a boolean, or a text that reads as one',
  },
];
