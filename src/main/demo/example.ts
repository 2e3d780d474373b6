import type { KubeObject } from '../../api/meta/index.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';
import { parseYamlDocuments } from '../../base/yaml/index.ts';

/** Reads one file of the example, by its path below `examples/ameide`. */
export type ReadExample = (path: string) => Promise<string>;

/** The files of the GitOps repository, by their paths in it. */
export const gitopsFiles: readonly string[] = [
  'README.md',
  'charts/ameide/Chart.yaml',
  'charts/ameide/templates/deployment.yaml',
  'charts/ameide/values.yaml',
  ...['dev', 'staging', 'production'].flatMap((env) => [
    `sources/values/env/${env}/agents/agents-runtime.yaml`,
    `sources/values/env/${env}/platform/www-ameide-platform.yaml`,
  ]),
];

/** The manifests, in the order in which a person would apply them. */
export const manifestFiles: readonly string[] = [
  'applications.yaml',
  'manifests/10-project.yaml',
  'manifests/20-credentials.yaml',
  'manifests/30-warehouse.yaml',
  'manifests/40-tasks.yaml',
  'manifests/50-stages.yaml',
];

/** What stands in the manifests where a secret belongs. */
const placeholder = 'replace-me';

/** The content of the GitOps repository, by path. */
export async function readGitops(readExample: ReadExample): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  for (const path of gitopsFiles) files[path] = await readExample(`gitops/${path}`);
  return files;
}

/** The objects of the manifests; placeholders of credentials are replaced, in memory only. */
export async function readManifests(
  readExample: ReadExample,
  account: { readonly username: string; readonly password: string },
): Promise<readonly KubeObject[]> {
  const objects: KubeObject[] = [];
  for (const path of manifestFiles) {
    for (const document of parseYamlDocuments(await readExample(path)))
      objects.push(toObject(path, fillIn(document, account)));
  }
  return objects;
}

/** Replaces the placeholder of a Secret's password, and the user name beside it. */
export function fillIn(
  document: JsonValue,
  account: { readonly username: string; readonly password: string },
): JsonValue {
  if (!isJsonObject(document) || document['kind'] !== 'Secret') return document;
  const { stringData } = document;
  if (!isJsonObject(stringData) || stringData['password'] !== placeholder) return document;
  return { ...document, stringData: { ...stringData, ...account } };
}

function toObject(path: string, document: JsonValue): KubeObject {
  const { apiVersion, kind, metadata } = isJsonObject(document) ? document : ({} as JsonObject);
  const name = isJsonObject(metadata) ? metadata['name'] : undefined;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string') {
    throw new Error(`${path} has a document that is no Kubernetes object`);
  }
  return { ...(document as JsonObject), apiVersion, kind, metadata: { ...(metadata as JsonObject), name } };
}
