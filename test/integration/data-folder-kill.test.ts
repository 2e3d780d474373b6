import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataFolder, type StoreEvent } from '../../src/embedded/apiserver/index.ts';
import { createTempFolder } from '../support/temp-folder.ts';

/**
 * How often the program is killed. Each time it is at work on several folders, every one of which is caught at another
 * point of its writing; together that makes hundreds of folders. GANTRY_KILL_ROUNDS asks for more.
 */
const rounds = Number(process.env['GANTRY_KILL_ROUNDS'] ?? 20);
const foldersAtOnce = 12;
/** Folders are used for so many rounds; what they have held is looked through after each. */
const roundsPerFolder = 10;
const roundLimitMs = 20_000;
const longestLifeMs = 150;
const root = join(import.meta.dirname, '../..');

const temp = createTempFolder();
const writer = join(temp.path, 'writer.mjs');
beforeAll(async () => {
  const entryPoints = [join(root, 'test/support/store-writer.ts')];
  // Bundled without what it does not use, it starts in a third of the time.
  const options = { bundle: true, platform: 'node', format: 'esm', treeShaking: true } as const;
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  await build({ ...options, external: ['lmdb'], banner, entryPoints, outfile: writer, logLevel: 'error' });
  symlinkSync(join(root, 'node_modules'), join(temp.path, 'node_modules'));
});
afterAll(() => temp[Symbol.dispose]());

/** One acknowledged write. */
interface Acknowledged {
  readonly folder: string;
  readonly revision: number;
  readonly what: string;
  readonly key: string;
  readonly mark: string;
}

/** Lets the writer work for a random time, kills it, and answers what it had acknowledged. */
function writeUntilKilled(folder: string, mark: string, lifeMs: number): Promise<readonly Acknowledged[]> {
  return new Promise((resolve, reject) => {
    const args = [writer, folder, mark, String(foldersAtOnce)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
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
  const [folder = '', revision = '', what = '', key = '', mark = ''] = line.split(' ');
  return { folder, revision: Number(revision), what, key, mark };
}

const showEvent = ({ type, key, object }: StoreEvent): string =>
  [
    type === 'deleted' ? 'removed' : 'put',
    `${key.resource}/${key.name}`,
    type === 'deleted' ? '-' : object['mark'],
  ].join(' ');

test(
  `no acknowledged write is lost and none is half there after ${rounds} kills of ${foldersAtOnce} folders each`,
  async () => {
    let count = 0;
    let acknowledged: Acknowledged[] = [];
    for (let round = 0; round < rounds; round += 1) {
      if (round % roundsPerFolder === 0) acknowledged = [];
      const parent = join(temp.path, `data-${Math.floor(round / roundsPerFolder)}`);
      const lifeMs = Math.random() * longestLifeMs;
      const more = await writeUntilKilled(parent, `r${round}`, lifeMs);
      acknowledged.push(...more);
      count += more.length;
      for (let index = 0; index < foldersAtOnce; index += 1) {
        const own = acknowledged.filter(({ folder }) => folder === String(index));
        const problem = await checkFolder(join(parent, String(index)), own);
        expect(problem, `round ${round}, killed after ${lifeMs} ms, folder ${index}`).toBeUndefined();
      }
    }
    expect(count, 'the writer was at work').toBeGreaterThan(rounds * foldersAtOnce);
  },
  60_000 + rounds * 5_000,
);

/** Opens a folder as the next process does, and compares all that it holds with what was acknowledged. */
async function checkFolder(
  folder: string,
  acknowledged: readonly Acknowledged[],
): Promise<string | undefined> {
  await using data = await openDataFolder(folder, { historyLength: 1_000_000 });
  const events: StoreEvent[] = [];
  const stop = data.store.subscribe(undefined, 1, (event) => events.push(event));
  if (stop === 'expired') return 'the history does not reach back';
  stop();
  const last = new Map(events.map((event) => [`${event.key.resource}/${event.key.name}`, event]));
  const alive = [...last.values()].filter(({ type }) => type !== 'deleted').map(({ object }) => object);
  const listed = ['freights', 'stages'].flatMap((name) => data.store.list(name, undefined).items);
  const isSame = listed.length === alive.length && alive.every((object) => listed.includes(object));
  return isSame
    ? findProblem(events, acknowledged, data.store.revision())
    : 'what is listed is not what the history ends with';
}

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
