import { AppError, isJsonObject, type JsonValue } from '../base/index.ts';
import { parseYamlTexts } from '../base/yaml/index.ts';
import { helmErrors } from './errors.ts';
import { type EntryBlocks, sliceEntries } from './slice.ts';

/**
 * The versions of some charts in the order of an index; charts that it does not list are left out.
 *
 * Only what is asked for is decoded, where the index is written as helm writes it. A version is the text that stands
 * there: 1.10 is not 1.1.
 * Errors: helm.invalid-index, also for a chart that is listed twice.
 */
export function readChartIndex(
  text: string,
  names: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const blocks = sliceEntries(text);
  if (blocks?.repeated !== undefined) throw invalid(`it lists "${blocks.repeated}" twice`);
  const sliced = blocks === undefined ? undefined : readBlocks(blocks, names);
  return sliced ?? readWhole(text, names);
}

/** `undefined` when a block cannot be read without what surrounds it. */
function readBlocks(
  { blocks }: EntryBlocks,
  names: readonly string[],
): ReadonlyMap<string, readonly string[]> | undefined {
  const found = new Map<string, readonly string[]>();
  for (const name of names) {
    const block = blocks.get(name);
    if (block === undefined) continue;
    let entries: JsonValue;
    try {
      entries = parseYamlTexts(block);
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
    const versions = versionsOf(entries, name);
    if (versions !== undefined) found.set(name, versions);
  }
  return found;
}

function readWhole(text: string, names: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const index = parse(text);
  if (index === '' || index === null) return new Map();
  if (!isJsonObject(index)) throw invalid('it is not a mapping');
  const entries = index['entries'] ?? '';
  const found = new Map<string, readonly string[]>();
  for (const name of names) {
    const versions = entries === '' ? undefined : versionsOf(entries, name);
    if (versions !== undefined) found.set(name, versions);
  }
  return found;
}

function versionsOf(entries: JsonValue, name: string): readonly string[] | undefined {
  if (!isJsonObject(entries)) throw invalid('its entries are not a mapping');
  const listed = Object.hasOwn(entries, name) ? (entries[name] ?? '') : undefined;
  if (listed === undefined || isNothing(listed)) return undefined;
  if (!Array.isArray(listed)) throw invalid(`what it has of "${name}" is not a list`);
  return listed.flatMap((entry: JsonValue) => {
    if (isNothing(entry)) return [];
    const version = isJsonObject(entry) ? (entry['version'] ?? '') : undefined;
    if (typeof version !== 'string') throw invalid(`a version of "${name}" is not a text`);
    return isNothing(version) ? [] : [version];
  });
}

/** Absent values are texts as well: nothing is decoded. */
function isNothing(value: JsonValue): boolean {
  return value === null || value === '' || value === '~' || value === 'null';
}

function parse(text: string): JsonValue {
  try {
    return parseYamlTexts(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw invalid(error.message, error);
  }
}

function invalid(problem: string, cause?: AppError): AppError {
  return helmErrors.create('helm.invalid-index', `the index cannot be read: ${problem}`, { cause });
}
