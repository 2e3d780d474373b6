import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Freight, freights, promotions } from '../../src/api/v1alpha1/index.ts';
import { Resources } from '../../src/main/resources.ts';
import { type DockerRegistry, hasDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { hasGitHttpBackend, type NativeGitHost, startGitHttpBackend } from '../support/git-http-backend.ts';
import { createTemporaryFolder, git } from '../support/native-git.ts';
import { exampleApplication, type Pipeline, readRunningDigests, startPipeline } from '../support/pipeline.ts';
import {
  expectValues,
  gitopsRepository,
  readExampleObjects,
  readExampleRepository,
} from '../support/pipeline-example.ts';
import { rowObjects, rowValues, valuesPath } from '../support/release-rows.ts';
import { tell } from '../support/tell.ts';

const namespace = 'ameide';
const limitMs = 90_000;
const rows = ['east', 'north', 'south', 'west'];
const missing = [
  ...(hasDockerRegistry ? [] : ['docker-registry']),
  ...(hasGitHttpBackend ? [] : ['git with git-http-backend']),
];
const title =
  missing.length === 0 ? 'on genuine servers' : `on genuine servers (skipped: no ${missing.join(', no ')})`;

describe.skipIf(missing.length > 0)(title, () => {
  const resources = new Resources();
  let pipeline: Pipeline;
  let registry: DockerRegistry;
  let host: NativeGitHost;

  beforeAll(async () => {
    registry = resources.use(await startDockerRegistry(), dispose);
    pipeline = await startPipeline(limitMs, {
      backends: { 'ghcr.io': () => registry.address, 'github.com': () => host.address },
    });
    resources.use(pipeline, dispose);
    const { username, password } = pipeline.sandbox.info;
    host = await startGitHttpBackend({ account: { username, password } });
    resources.use(host, dispose);
    await host.createRepository(gitopsRepository);
    await seed(host.folderOf(gitopsRepository));
  }, limitMs);

  afterAll(() => resources[Symbol.asyncDispose]());

  test(
    'images in docker-registry become a verified release through native git',
    async () => {
      const digests = await pipeline.pushBuild('genuine');
      await pipeline.apply(readExampleObjects(pipeline.sandbox.info.password));
      const started = performance.now();
      await pipeline.waitFor(freights, { namespace }, isVerifiedIn('dev'), 'minted and verified in dev');
      tell(`genuine servers: verified in dev after ${Math.round(performance.now() - started)} ms`);
      const { type, place } = exampleApplication('dev');
      const application = await pipeline.waitFor(type, place, () => true, 'there');
      expect(readRunningDigests(application)).toEqual(digests);
      for (const [path, text] of Object.entries(expectValues('dev', digests)))
        expect(await show(`main:${path}`), path).toBe(text);
      await host.verify(gitopsRepository);
    },
    limitMs,
  );

  test(
    'promotions that push to one branch together are each in exactly one commit',
    async () => {
      const freight = await pipeline.waitFor(freights, { namespace }, () => true, 'minted');
      const objects = rows.flatMap((row) => rowObjects(namespace, row, 'direct', 'ameide'));
      await pipeline.apply(objects);
      const names = await Promise.all(
        rows.map((row) => pipeline.promote(namespace, row, freight.metadata.name)),
      );
      for (const [index, name] of names.entries()) {
        const { status } = await pipeline.waitForEnd(namespace, name);
        expect(status?.phase, status?.message).toBe('Succeeded');
        const digest = freight.images?.find(({ repoURL }) => repoURL?.endsWith('/agents-runtime'))?.digest;
        const text = await show(`main:${valuesPath(rows[index] ?? '')}`);
        expect(text).toBe(rowValues.replace(/sha256:0+/, digest ?? ''));
      }
      const marks = await readMarks('main');
      const all = pipeline.sandbox.client.reader.list(promotions, { namespace });
      expect(all.length).toBe(rows.length + 1);
      for (const { metadata } of all) {
        const own = marks.filter((mark) => mark.startsWith(`${namespace}/${metadata.name}/`));
        expect(own.length, metadata.name).toBe(1);
      }
      await host.verify(gitopsRepository);
    },
    limitMs,
  );

  test(
    'a proposal is a branch that native git can merge',
    async () => {
      const freight = await pipeline.waitFor(freights, { namespace }, isVerifiedIn('dev'), 'verified in dev');
      // The forge is not there for this host: the promotion ends where it would open its pull request.
      const name = await pipeline.promote(namespace, 'staging', freight.metadata.name);
      const { status } = await pipeline.waitForEnd(namespace, name);
      const pushed = status?.stepExecutionMetadata?.find(({ alias }) => alias === 'propose::push');
      expect(pushed?.status, status?.message).toBe('Succeeded');
      const folder = host.folderOf(gitopsRepository);
      const branch = `kargo/promotion/${name}`;
      const tree = await git(folder, ['merge-tree', '--write-tree', 'main', branch]);
      const digests = Object.fromEntries(
        (freight.images ?? []).map(({ repoURL, digest }) => [repoURL?.split('/').at(-1) ?? '', digest ?? '']),
      );
      for (const [path, text] of Object.entries(expectValues('staging', digests)))
        expect(await show(`${tree}:${path}`), path).toBe(text);
      await host.verify(gitopsRepository);
    },
    limitMs,
  );

  function isVerifiedIn(stage: string): (freight: Freight) => boolean {
    return ({ status }) => status?.verifiedIn?.[stage] !== undefined;
  }

  /** The text of an object, with its final newline. */
  async function show(revision: string): Promise<string> {
    return `${await git(host.folderOf(gitopsRepository), ['cat-file', 'blob', revision])}\n`;
  }

  /** The marks of promotions in the commits of a branch. */
  async function readMarks(branch: string): Promise<readonly string[]> {
    const folder = host.folderOf(gitopsRepository);
    const ids = (await git(folder, ['rev-list', branch])).split('\n');
    const commits = await Promise.all(ids.map((id) => git(folder, ['cat-file', 'commit', id])));
    return commits.flatMap((text) => /^promotion (?<mark>.+)$/m.exec(text)?.groups?.['mark'] ?? []);
  }
});

async function dispose(resource: AsyncDisposable): Promise<void> {
  await resource[Symbol.asyncDispose]();
}

/** Commits the example's files, and those of the rows, to main of a bare repository. */
async function seed(bare: string): Promise<void> {
  using folder = createTemporaryFolder();
  const own = Object.fromEntries(rows.map((row) => [valuesPath(row), rowValues]));
  for (const [path, text] of Object.entries({ ...readExampleRepository(), ...own })) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
  await git(folder.path, ['init', '--quiet', '--initial-branch=main']);
  await git(folder.path, ['add', '--all']);
  await git(folder.path, ['commit', '--quiet', '--message', 'Start']);
  await git(folder.path, ['push', '--quiet', bare, 'main']);
}
