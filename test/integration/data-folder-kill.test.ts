import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder, type StoreEvent } from '../../src/embedded/apiserver/index.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/** A few dozen by default; GANTRY_KILL_ROUNDS asks for more. */
const rounds = Number(process.env['GANTRY_KILL_ROUNDS'] ?? 24);
const roundLimitMs = 20_000;
const longestLifeMs = 250;
const root = join(import.meta.dirname, '../..');

const temp = createTempFolder();
const writer = join(temp.path, 'writer.mjs');
beforeAll(async () => {
  const entryPoints = [join(root, 'test/support/store-writer.ts')];
  const options = { bundle: true, packages: 'external', platform: 'node', format: 'esm' } as const;
  await build({ ...options, entryPoints, outfile: writer, logLevel: 'error' });
  symlinkSync(join(root, 'node_modules'), join(temp.path, 'node_modules'));
});
afterAll(() => temp[Symbol.dispose]());

/** One acknowledged write. */
interface Acknowledged {
  readonly revision: number;
  readonly what: string;
  readonly key: string;
  readonly mark: string;
}

/** Lets the writer work for a random time, kills it, and answers what it had acknowledged. */
function writeUntilKilled(folder: string, mark: string, lifeMs: number): Promise<readonly Acknowledged[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, folder, mark], { stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), roundLimitMs);
    let text = '';
    let errors = '';
    let isAlive = false;
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString('utf8');
    });
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (isAlive || !text.startsWith('ready\n')) return;
      isAlive = true;
      setTimeout(() => child.kill('SIGKILL'), lifeMs);
    });
    child.on('close', () => {
      clearTimeout(limit);
      if (!isAlive) reject(new Error(`the writer did not start: ${errors}`));
      // The last line may have been cut by the kill; then it is not known what it said.
      else resolve(text.split('\n').slice(1, -1).map(parseLine));
    });
  });
}

function parseLine(line: string): Acknowledged {
  const [revision = '', what = '', key = '', mark = ''] = line.split(' ');
  return { revision: Number(revision), what, key, mark };
}

const showEvent = ({ type, key, object }: StoreEvent): string =>
  [
    type === 'deleted' ? 'removed' : 'put',
    `${key.resource}/${key.name}`,
    type === 'deleted' ? '-' : object['mark'],
  ].join(' ');

test(
  `no acknowledged write is lost and none is half there after ${rounds} kills`,
  async () => {
    const folder = join(temp.path, 'data');
    const acknowledged: Acknowledged[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const lifeMs = Math.random() * longestLifeMs;
      acknowledged.push(...(await writeUntilKilled(folder, `r${round}`, lifeMs)));
      const data = await openDataFolder(folder, { historyLength: 1_000_000 });
      const events: StoreEvent[] = [];
      const stop = data.store.subscribe(undefined, 1, (event) => events.push(event));
      if (stop === 'expired') throw new Error('the history does not reach back');
      stop();
      const problem = findProblem(events, acknowledged, data.store.revision());
      expect(problem, `round ${round}, killed after ${lifeMs} ms`).toBeUndefined();
      const last = new Map(events.map((event) => [`${event.key.resource}/${event.key.name}`, event]));
      const alive = [...last.values()].filter(({ type }) => type !== 'deleted').map(({ object }) => object);
      const listed = ['freights', 'stages'].flatMap((name) => data.store.list(name, undefined).items);
      expect(new Set(listed), `round ${round}`).toEqual(new Set(alive));
      await data.close();
    }
    expect(acknowledged.length, 'the writer was at work').toBeGreaterThan(rounds);
  },
  30_000 + rounds * 3_000,
);

/** Every revision is there exactly once, and every acknowledged one says what was acknowledged. */
function findProblem(
  events: readonly StoreEvent[],
  acknowledged: readonly Acknowledged[],
  revision: number,
): string | undefined {
  const gap = events.findIndex((event, index) => event.revision !== index + 2);
  if (gap >= 0) return `revision ${gap + 2} is missing`;
  if (revision !== events.length + 1) return `the revision is ${revision} after ${events.length} changes`;
  for (const { revision: wanted, what, key, mark } of acknowledged) {
    const event = events[wanted - 2];
    if (event === undefined) return `revision ${wanted} was acknowledged and is lost`;
    const shown = showEvent(event);
    if (shown !== `${what} ${key} ${mark}`)
      return `revision ${wanted} is ${shown} instead of ${what} ${key} ${mark}`;
  }
  return undefined;
}
