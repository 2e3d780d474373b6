import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/api/meta/index.ts';

const root = join(import.meta.dirname, '../../examples/ameide');

/** The repository that the example's Applications are rendered from. */
export const gitopsRepository = 'ameideio/ameide-gitops';

/** The example's first-party images, without their registry. */
export const exampleImages = ['www-ameide-platform', 'platform-migrations', 'agents-runtime'] as const;

/** The objects of a manifest file's text. */
export function parseManifests(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}

/** The example's manifest files in the order in which a person applies them, with the placeholder password replaced. */
export function readExampleTexts(password: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(root, 'manifests')).sort();
  const paths = [...names.map((name) => join('manifests', name)), 'applications.yaml'];
  return Object.fromEntries(
    paths.map((path) => [
      basename(path),
      readFileSync(join(root, path), 'utf8').replaceAll('replace-me', password),
    ]),
  );
}

/** Every object of the example in that order. */
export function readExampleObjects(password: string): readonly KubeObject[] {
  return Object.values(readExampleTexts(password)).flatMap(parseManifests);
}

/** The example's GitOps repository: text by path. */
export function readExampleRepository(): Readonly<Record<string, string>> {
  const folder = join(root, 'gitops');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
  return Object.fromEntries(files.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

/** The values files of an environment, with what they hold when these digests run there. */
export function expectValues(
  environment: string,
  digests: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const values = Object.entries(readExampleRepository()).filter(([path]) =>
    path.startsWith(`sources/values/env/${environment}/`),
  );
  return Object.fromEntries(values.map(([path, text]) => [path, pin(text, digests)]));
}

function pin(text: string, digests: Readonly<Record<string, string>>): string {
  return Object.entries(digests).reduce(
    (pinned, [image, digest]) =>
      pinned.replaceAll(new RegExp(`(ghcr\\.io/ameideio/${image})@sha256:0{64}`, 'g'), `$1@${digest}`),
    text,
  );
}
