import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';

const text = readFileSync(join(import.meta.dirname, '..', 'Dockerfile'), 'utf8');
const stages = text.split(/^FROM /m).slice(1);
const last = stages.at(-1) ?? '';

test('the Dockerfile has no mistakes that a linter knows', () => {
  expect(validate(text).map((problem) => problem.message)).toEqual([]);
});

const rules = [
  {
    name: 'has a build stage of its own',
    holds: stages.length === 2,
    because: 'compilers do not belong in the image',
  },
  { name: 'runs on Node 24', holds: last.startsWith('node:24-'), because: 'that is what the image ships' },
  {
    name: 'runs as a user without rights',
    holds: /^USER (?!0|root)\d+:\d+$/m.test(last),
    because: 'a numeric user lets Kubernetes check runAsNonRoot',
  },
  {
    name: 'copies only what it runs',
    holds: !/^COPY (?!--from=build)/m.test(last),
    because: 'the last stage takes its files from the build',
  },
  {
    name: 'writes nothing at run time',
    holds: !/^(?:VOLUME|WORKDIR \/tmp)/m.test(last),
    because: 'the root file system is read-only',
  },
];
test.each(rules)('the image $name', ({ holds, because }) => {
  expect(holds, because).toBe(true);
});
