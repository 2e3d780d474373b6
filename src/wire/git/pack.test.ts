import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { createTemporaryFolder, git, hasNativeGit, runGit } from '../../../test/support/native-git.ts';
import { fc } from '../../../test/support/properties.ts';
import { AppError } from '../../base/index.ts';
import { applyDelta } from './delta.ts';
import { type GitObject, hashObject, type ObjectId, objectIdBytes } from './object-id.ts';
import { readPack } from './pack-read.ts';
import { encodePack, writePack } from './pack-write.ts';

const blob = (text: string): GitObject => ({ type: 'blob', data: Buffer.from(text) });

function seal(count: number, ...entries: Buffer[]): Buffer {
  const head = Buffer.from(`PACK\0\0\0\u0002\0\0\0${String.fromCharCode(count)}`, 'latin1');
  const body = Buffer.concat([head, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}
const wholeEntry = (text: string): Buffer =>
  Buffer.concat([Buffer.from([(3 << 4) | text.length]), deflateSync(text)]);
/** A delta on "hello" (5 bytes) that makes "hello!!": copies all, inserts two. */
const helloDelta = Buffer.from([5, 7, 0x90, 5, 2, 0x21, 0x21]);
const idDelta = (base: ObjectId, delta = helloDelta): Buffer =>
  Buffer.concat([Buffer.from([(7 << 4) | delta.length]), objectIdBytes(base), deflateSync(delta)]);
const offsetDelta = (distance: number, delta = helloDelta): Buffer =>
  Buffer.concat([Buffer.from([(6 << 4) | delta.length, distance]), deflateSync(delta)]);
const hello = hashObject('blob', Buffer.from('hello'));

test('what is written is read again', async () => {
  const objects = [blob(''), blob('a'), blob('x'.repeat(1_000_000)), blob('tree')];
  const read = await readPack(writePack(objects));
  expect(read.map(({ type, data }) => `${type} ${data.length}`)).toEqual(
    objects.map(({ type, data }) => `${type} ${data.length}`),
  );
  expect(read.every(({ id, type, data }) => id === hashObject(type, data))).toBe(true);
});

test('an empty pack has no objects', async () => {
  expect(await readPack(await encodePack([]))).toEqual([]);
});

const deltas = [
  { name: 'by offset', pack: seal(2, wholeEntry('hello'), offsetDelta(wholeEntry('hello').length)) },
  { name: 'by id', pack: seal(2, wholeEntry('hello'), idDelta(hello)) },
  { name: 'by id before its base', pack: seal(2, idDelta(hello), wholeEntry('hello')) },
];
test.each(deltas)('a delta $name is applied', async ({ pack }) => {
  const texts = (await readPack(pack)).map(({ data }) => Buffer.from(data).toString());
  expect(texts.sort()).toEqual(['hello', 'hello!!']);
});

test('a thin pack takes its base from outside and does not return it', async () => {
  const asked: string[] = [];
  const resolveBase = async (id: ObjectId) => {
    asked.push(id);
    return blob('hello');
  };
  const read = await readPack(seal(1, idDelta(hello)), { resolveBase });
  expect(read.map(({ data }) => Buffer.from(data).toString())).toEqual(['hello!!']);
  expect(asked).toEqual([hello]);
});

const refusals = [
  { name: 'a missing base', pack: seal(1, idDelta(hello)), want: 'git-wire.base-missing' },
  {
    name: 'an offset between objects',
    pack: seal(2, wholeEntry('hello'), offsetDelta(1)),
    want: 'git-wire.pack-malformed',
  },
  { name: 'an offset before the pack', pack: seal(1, offsetDelta(99)), want: 'git-wire.pack-malformed' },
  { name: 'a count that is too low', pack: seal(0, wholeEntry('a')), want: 'git-wire.pack-malformed' },
  { name: 'a count that is too high', pack: seal(2, wholeEntry('a')), want: 'git-wire.pack-malformed' },
  { name: 'too many objects', pack: seal(3), options: { maxObjects: 2 }, want: 'git-wire.too-large' },
  {
    name: 'an object that is too large',
    pack: seal(1, wholeEntry('hello')),
    options: { maxObjectBytes: 4 },
    want: 'git-wire.too-large',
  },
  {
    name: 'a delta that grows too large',
    pack: seal(2, wholeEntry('hello'), idDelta(hello)),
    options: { maxObjectBytes: 6 },
    want: 'git-wire.too-large',
  },
  {
    name: 'too much in all',
    pack: seal(2, wholeEntry('hello'), wholeEntry('world')),
    options: { maxTotalBytes: 9 },
    want: 'git-wire.too-large',
  },
  {
    name: 'a wrong checksum',
    pack: Buffer.concat([seal(1, wholeEntry('a')).subarray(0, -1), Buffer.from([1])]),
    want: 'git-wire.pack-malformed',
  },
  {
    name: 'a web page',
    pack: Buffer.from('<html>this is not a pack at all</html>'),
    want: 'git-wire.pack-malformed',
  },
];
test.each(refusals)('$name is $want', async ({ pack, options, want }) => {
  await expect(readPack(pack, options)).rejects.toMatchObject({ code: want });
});

test('any bytes in a pack give objects or a coded error', async () => {
  const valid = seal(3, wholeEntry('hello'), idDelta(hello), offsetDelta(10)).subarray(12, -20);
  const mutated = fc
    .tuple(fc.nat(valid.length - 1), fc.uint8Array({ maxLength: 3 }))
    .map(([at, bytes]) => Buffer.concat([valid.subarray(0, at), bytes, valid.subarray(at + 1)]));
  const body = fc.oneof(mutated, fc.uint8Array({ maxLength: 100 }).map(Buffer.from));
  await fc.assert(
    fc.asyncProperty(fc.nat(4), body, async (count, bytes) => {
      await readPack(seal(count, bytes), { maxObjectBytes: 1_000_000 }).catch((error) => {
        expect(error).toBeInstanceOf(AppError);
      });
    }),
    { numRuns: 500 },
  );
});

test('any delta gives bytes or a coded error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (delta) => {
      try {
        applyDelta(Buffer.from('hello'), delta, 1000);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 1000 },
  );
});

describe.skipIf(!hasNativeGit)('beside native git', () => {
  const folder = createTemporaryFolder();
  if (hasNativeGit) execFileSync('git', ['init', '-q', folder.path]);
  afterAll(() => folder[Symbol.dispose]());

  test('packs of native git, with deltas, hold the same objects', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `line ${index}`);
    mkdirSync(join(folder.path, 'apps'));
    for (let commit = 0; commit < 6; commit++) {
      for (let file = 0; file < 10; file++) {
        lines[file] = `changed ${commit}.${file}`;
        writeFileSync(join(folder.path, 'apps', `f${file}.yaml`), lines.join('\n'));
      }
      await git(folder.path, ['add', '-A']);
      await git(folder.path, ['commit', '-qm', `commit ${commit}`]);
    }
    const listed = await git(folder.path, ['rev-list', '--all', '--objects', '--no-object-names']);
    const want = listed.split('\n').sort();
    for (const flags of [['--delta-base-offset'], []]) {
      const made = await runGit(folder.path, ['pack-objects', '--stdout', ...flags], {
        input: `${listed}\n`,
      });
      const read = await readPack(made.stdout);
      expect(read.map(({ id }) => id).sort()).toEqual(want);
    }
    const thin = await runGit(folder.path, ['pack-objects', '--stdout', '--thin', '--revs'], {
      input: 'HEAD\n^HEAD~1\n',
    });
    const all = new Map((await readPack(await repack(listed))).map((object) => [object.id, object]));
    const resolveBase = async (id: ObjectId) => all.get(id);
    const read = await readPack(thin.stdout, { resolveBase });
    expect(read.length).toBe(13);
    expect(read.every(({ id }) => all.has(id))).toBe(true);
  });

  async function repack(listed: string): Promise<Buffer> {
    return (await runGit(folder.path, ['pack-objects', '--stdout'], { input: `${listed}\n` })).stdout;
  }
});
