import { expect, test } from 'vitest';
import { checkEdge } from './check.ts';
import { findCycles, parseImports } from './graph.ts';

const edges = [
  {
    from: 'src/domain/a.ts',
    text: "import { x } from '../base/index.ts';",
    want: [],
    because: 'downwards is allowed',
  },
  {
    from: 'src/base/a.ts',
    text: "import { x } from '../domain/index.ts';",
    want: ['layer'],
    because: 'base imports nothing',
  },
  {
    from: 'src/kube/a.ts',
    text: "import { x } from '../git/index.ts';",
    want: ['layer'],
    because: 'adapters never see each other',
  },
  {
    from: 'src/steps/engine/a.ts',
    text: "import { x } from '../../kube/index.ts';",
    want: ['layer'],
    because: '3a and 3b are ports apart',
  },
  {
    from: 'src/controllers/promotion/act.ts',
    text: "import { x } from '../../steps/engine/index.ts';",
    want: [],
    because: 'a listed exception',
  },
  {
    from: 'src/controllers/stage/act.ts',
    text: "import { x } from '../../steps/engine/index.ts';",
    want: ['layer'],
    because: 'the exception names one folder',
  },
  {
    from: 'src/kube/a.ts',
    text: "import { x } from '../base/errors.ts';",
    want: ['door'],
    because: 'outsiders use the door',
  },
  {
    from: 'src/base/a.ts',
    text: "import { x } from './index.ts';",
    want: ['door'],
    because: 'insiders do not',
  },
  {
    from: 'src/git/a.ts',
    text: "import { fetch } from 'undici';",
    want: ['package-owner'],
    because: 'undici belongs to kube and http',
  },
  { from: 'src/kube/a.ts', text: "import { fetch } from 'undici';", want: [], because: 'an owner may' },
  {
    from: 'src/kube/a.ts',
    text: "import x from 'left-pad';",
    want: ['package-owner'],
    because: 'an unlisted package has no owner',
  },
  {
    from: 'src/domain/a.ts',
    text: "import { createHash } from 'node:crypto';",
    want: ['pure'],
    because: 'pure folders know no Node',
  },
  {
    from: 'src/kube/a.ts',
    text: "import { x } from '../main/gantry.ts';",
    want: ['main', 'layer', 'door'],
    because: 'main is nobody’s',
  },
  {
    from: 'test/support/a.ts',
    text: "import { x } from '../../src/main/gantry.ts';",
    want: [],
    because: 'tests of the whole start it as main does',
  },
  {
    from: 'src/kube/a.ts',
    text: "import { x } from '../../tools/run.ts';",
    want: ['tools'],
    because: 'src never imports tools',
  },
  {
    from: 'src/kube/a.ts',
    text: "const x = await import('../git/index.ts');",
    want: ['layer'],
    because: 'a dynamic import is an import',
  },
  {
    from: 'test/integration/a.ts',
    text: "import { x } from '../../src/main/gantry.ts';",
    want: [],
    because: 'tests start whole processes',
  },
];
test.each(edges)('$from: $text gives $want', ({ from, text, want, because }) => {
  const found = parseImports('/root', from, text).flatMap(checkEdge);
  expect(
    found.map((problem) => problem.rule),
    because,
  ).toEqual(want);
});

const graphs = [
  {
    name: 'a pair',
    files: { 'src/a.ts': "import { b } from './b.ts';", 'src/b.ts': "import { a } from './a.ts';" },
    want: [['src/a.ts', 'src/b.ts']],
    because: 'two files that need each other',
  },
  {
    name: 'a type-only pair',
    files: { 'src/a.ts': "import type { B } from './b.ts';", 'src/b.ts': "import { a } from './a.ts';" },
    want: [],
    because: 'types vanish at run time',
  },
  {
    name: 'a diamond',
    files: {
      'src/a.ts': "import './b.ts'; import './c.ts';",
      'src/b.ts': "import './d.ts';",
      'src/c.ts': "import './d.ts';",
    },
    want: [],
    because: 'meeting again is not a cycle',
  },
];
test.each(graphs)('finds cycles in $name', ({ files, want, because }) => {
  const found = Object.entries(files).flatMap(([file, text]) => parseImports('/root', file, text));
  expect(findCycles(found), because).toEqual(want);
});
