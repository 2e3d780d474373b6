import { expect, test } from 'vitest';
import { attempt } from '../../../test/support/step-attempt.ts';
import { createWorkdir } from '../../../test/support/workdir.ts';
import type { Workdir } from '../../ports/index.ts';
import { yamlUpdate } from './index.ts';

const { signal } = new AbortController();

async function createFile(content: string | Uint8Array): Promise<Workdir> {
  const workdir = createWorkdir();
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  await workdir.write('f.yaml', bytes, 'file', signal);
  return workdir;
}

async function readFile(workdir: Workdir): Promise<string> {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await workdir.read('f.yaml', signal));
}

test('changes the bytes of the value and nothing else, the same each time', async () => {
  const workdir = await createFile('# head\r\nimage: { ref: "old" } # keep\r\n');
  const config = { path: './f.yaml', updates: [{ key: 'image.ref', value: 'new' }] };
  for (let round = 0; round < 2; round++) {
    const { outcome } = await attempt(yamlUpdate, config, { ports: { workdir } });
    expect(outcome).toEqual({
      kind: 'done',
      status: 'Succeeded',
      output: { commitMessage: 'Updated ./f.yaml\n\n- image.ref: new' },
    });
    expect(await readFile(workdir)).toBe('# head\r\nimage: { ref: "new" } # keep\r\n');
  }
});

test('leaves an executable executable', async () => {
  const workdir = createWorkdir();
  await workdir.write('f.yaml', new TextEncoder().encode('a: 1\n'), 'executable', signal);
  const config = { path: 'f.yaml', updates: [{ key: 'a', value: 2 }] };
  await attempt(yamlUpdate, config, { ports: { workdir } });
  expect(await workdir.stat('f.yaml', signal)).toMatchObject({ mode: 'executable' });
});

test.each([
  {
    name: 'a key that is not there',
    document: 'a: 1\n',
    updates: [{ key: 'b', value: 1 }],
    want: 'yaml.key-not-found',
  },
  { name: 'a map', document: 'a: { b: 1 }\n', updates: [{ key: 'a', value: 1 }], want: 'yaml.not-scalar' },
  { name: 'an alias', document: 'a: &x 1\nb: *x\n', updates: [{ key: 'b', value: 1 }], want: 'yaml.alias' },
  { name: 'no YAML', document: 'a: [1\n', updates: [{ key: 'a', value: 1 }], want: 'yaml.invalid' },
  { name: 'an object', document: 'a: 1\n', updates: [{ key: 'a', value: {} }], want: 'step.invalid-config' },
])('ends for good at $name and leaves the file alone', async ({ document, updates, want }) => {
  const workdir = await createFile(document);
  const { outcome } = await attempt(yamlUpdate, { path: 'f.yaml', updates }, { ports: { workdir } });
  expect(outcome).toMatchObject({ kind: 'failed', code: want, terminal: true });
  expect(await readFile(workdir)).toBe(document);
});

test('names every key that is missing', async () => {
  const workdir = await createFile('a: 1\n');
  const updates = [
    { key: 'x', value: 1 },
    { key: 'y', value: 1 },
  ];
  const { outcome } = await attempt(yamlUpdate, { path: 'f.yaml', updates }, { ports: { workdir } });
  expect(outcome.message).toMatch(/x.*y/s);
});

test.each([
  { name: 'a missing file', path: 'nope.yaml', want: 'workdir.not-found' },
  { name: 'a file that is no text', path: 'f.yaml', want: 'step.not-text' },
])('says so at $name', async ({ path, want }) => {
  const workdir = await createFile(new Uint8Array([0xff, 0xfe, 0x00]));
  const config = { path, updates: [{ key: 'a', value: 1 }] };
  await expect(attempt(yamlUpdate, config, { ports: { workdir } })).rejects.toMatchObject({ code: want });
});
