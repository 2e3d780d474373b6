// A resource version as etcd numbers them, e.g. "48213".
const numericVersion = /^(?:0|[1-9]\d*)$/;

/** Is this a resource version that can be compared, an unsigned integer of any length? */
export function isComparableVersion(version: string | undefined): version is string {
  return version !== undefined && numericVersion.test(version);
}

/** Less than zero when `a` is older than `b`, zero when equal, more when newer. Both must be comparable. */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
