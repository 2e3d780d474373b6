import { isJsonObject, type JsonValue } from '../../base/index.ts';
import { parseYaml } from '../../base/yaml/index.ts';

/**
 * On a Warehouse: which source of credentials a repository is read with, as YAML that maps the `repoURL` of a
 * subscription, exactly as it is written there, to a source such as "pullsecret:kargo-demo/ghcr".
 */
export const credentialsAnnotation = 'gantry.io/credentials';

/** The sources by repository, or what is wrong with the annotation. */
export type CredentialSources =
  | { readonly ok: true; readonly sources: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problem: string };

/** Reads the annotation; an absent or empty one names no source. */
export function readCredentialSources(text: string | undefined): CredentialSources {
  if (text === undefined || text.trim() === '') return { ok: true, sources: new Map() };
  let value: JsonValue;
  try {
    value = parseYaml(text);
  } catch {
    return { ok: false, problem: 'it is not YAML' };
  }
  if (!isJsonObject(value)) return { ok: false, problem: 'it does not map addresses to sources' };
  const sources = new Map<string, string>();
  for (const [repoURL, source] of Object.entries(value)) {
    if (typeof source !== 'string') return { ok: false, problem: `the source of "${repoURL}" is not a text` };
    sources.set(repoURL, source);
  }
  return { ok: true, sources };
}
