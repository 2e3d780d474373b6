import { isJsonObject, type JsonValue } from '../../base/index.ts';
import { githubAppErrors } from './errors.ts';

/**
 * The repositories, by name without owner, that a token for one of them is good for: that one alone, or those that the
 * Secret's annotation names for the Project.
 *
 * Shape of the annotation: `{"project": ["repo", "other-repo"]}`.
 * Errors: github-app.not-in-scope, also when the annotation cannot be read: nobody gets a token then.
 * Source: Kargo's behavior.
 */
export function readScope(annotation: string | undefined, project: string, name: string): readonly string[] {
  if (annotation === undefined || annotation === '') return [name];
  const byProject = parse(annotation);
  if (!isJsonObject(byProject)) throw outside('its annotation is not a JSON object of lists');
  const named: JsonValue | undefined = Object.hasOwn(byProject, project) ? byProject[project] : undefined;
  if (named === undefined) throw outside(`its annotation does not name the Project "${project}"`);
  const items: readonly JsonValue[] = Array.isArray(named) ? named : [named];
  const names = items.filter((item) => typeof item === 'string');
  if (names.length !== items.length) throw outside(`its annotation has no list of names for "${project}"`);
  if (!names.some((one) => one.toLowerCase() === name.toLowerCase())) {
    throw outside(`its annotation does not name the repository "${name}" for the Project "${project}"`);
  }
  return [...new Set(names)].sort();
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function outside(why: string): Error {
  return githubAppErrors.create(
    'github-app.not-in-scope',
    `the Secret of the GitHub App gives no token: ${why}`,
  );
}
