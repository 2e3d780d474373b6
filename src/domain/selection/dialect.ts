import { isJsonObject, type JsonObject, type JsonValue } from '../../base/index.ts';

/** An entry of a Warehouse's subscriptions in today's spelling, and what was spelled otherwise. */
export interface ModernSubscription {
  readonly entry: JsonValue;
  /** One sentence for each old spelling, in words that follow the name of the subscription. */
  readonly notes: readonly string[];
}

/**
 * Reads what manifests of former times say as they meant it: `semverConstraint` and `tagSelectionStrategy` of images,
 * `allowTags` and `ignoreTags` of images and git repositories.
 *
 * Kargo drops the first two without a word, so that a pinned image is pinned no more, and fails on the others. Where old
 * and new are both there the new one counts, or the rules refuse what cannot be had at once.
 */
export function modernizeSubscription(entry: JsonValue): ModernSubscription {
  if (!isJsonObject(entry)) return { entry, notes: [] };
  const notes: string[] = [];
  const modern: Record<string, JsonValue | undefined> = { ...entry };
  for (const kind of ['image', 'git']) {
    const member = entry[kind];
    if (isJsonObject(member)) modern[kind] = modernize(member, kind, notes);
  }
  return { entry: notes.length === 0 ? entry : modern, notes };
}

function modernize(member: JsonObject, kind: string, notes: string[]): JsonObject {
  const modern: Record<string, JsonValue | undefined> = { ...member };
  if (kind === 'image') {
    rename(modern, 'semverConstraint', 'constraint', notes);
    rename(modern, 'tagSelectionStrategy', 'imageSelectionStrategy', notes);
  }
  const { allowTags, ignoreTags } = modern;
  if (typeof allowTags === 'string' && allowTags !== '' && isEmpty(modern['allowTagsRegexes'])) {
    delete modern['allowTags'];
    modern['allowTagsRegexes'] = [allowTags];
    notes.push('allowTags is read as the only one of allowTagsRegexes');
  }
  if (Array.isArray(ignoreTags) && ignoreTags.length > 0 && ignoreTags.every(isText)) {
    const regexes = modern['ignoreTagsRegexes'];
    delete modern['ignoreTags'];
    modern['ignoreTagsRegexes'] = [...(Array.isArray(regexes) ? regexes : []), ...ignoreTags.map(exactly)];
    notes.push('ignoreTags is read as ignoreTagsRegexes that match these tags alone');
  }
  return modern;
}

function rename(
  modern: Record<string, JsonValue | undefined>,
  old: string,
  name: string,
  notes: string[],
): void {
  const value = modern[old];
  if (typeof value !== 'string' || value === '') return;
  delete modern[old];
  if (isEmpty(modern[name])) {
    modern[name] = value;
    notes.push(`${old} is read as ${name}`);
  } else notes.push(`${old} is not read, because there is ${name}`);
}

function isEmpty(value: JsonValue | undefined): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}

function isText(value: JsonValue): value is string {
  return typeof value === 'string';
}

function exactly(tag: string): string {
  return `^${tag.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}$`;
}
