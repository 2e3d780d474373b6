// Path segments of a repository, e.g. "example/my-app"; the distribution specification's own expression.
const repositoryForm = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
// A tag, e.g. "v1.2.3_build".
const tagForm = /^\w[\w.-]{0,127}$/;

/** Is this a repository's name, without registry and tag? At most 255 characters. */
export function isRepositoryName(name: string): boolean {
  return name.length <= 255 && repositoryForm.test(name);
}

/** Is this a tag's name? */
export function isTagName(name: string): boolean {
  return tagForm.test(name);
}
