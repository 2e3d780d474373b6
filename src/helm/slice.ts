/** The parts of an index, each a document of its own with the name of the chart as its only key. */
export interface EntryBlocks {
  readonly blocks: ReadonlyMap<string, string>;
  /** A name that stands there twice. */
  readonly repeated?: string;
}

// A key of a block mapping with what follows it, e.g. `  "app":` or `  app: []`.
const keyForm = /^(?:"(?<double>[^"\\]+)"|'(?<single>[^']+)'|(?<bare>[\w][\w./+ -]*?)) *:(?: |$)/;

/**
 * Cuts the entries of an index apart without decoding them: a large index has tens of megabytes of which one chart is
 * wanted. `undefined` when the text is not laid out as helm writes it, which says nothing of its being valid.
 */
export function sliceEntries(text: string): EntryBlocks | undefined {
  const start = findEntries(text);
  if (start === undefined) return undefined;
  const blocks = new Map<string, string>();
  let repeated: string | undefined;
  let indent = 0;
  let name: string | undefined;
  let from = start;
  const close = (at: number): void => {
    if (name === undefined) return;
    if (blocks.has(name)) repeated ??= name;
    blocks.set(name, text.slice(from, at));
  };
  let at = start;
  while (at < text.length) {
    const end = endOfLine(text, at);
    const column = indentOf(text, at);
    const first = text[at + column];
    if (first === '\t') return undefined;
    const isBlank = at + column >= end || first === '#' || first === '\r';
    if (!isBlank && indent === 0 && name === undefined) indent = column;
    if (!isBlank && column < Math.max(indent, 1)) {
      // Nothing of the entries may come after other members of the index.
      if (column > 0 || first === '-' || first === '.' || findEntries(text, at) !== undefined)
        return undefined;
      break;
    }
    if (!isBlank && column === indent && first !== '-') {
      const groups = keyForm.exec(text.slice(at + column, end).replace(/\r$/, ''))?.groups;
      if (groups === undefined) return undefined;
      close(at);
      name = groups['double'] ?? groups['single'] ?? groups['bare'] ?? '';
      from = at;
    } else if (!isBlank && name === undefined) return undefined;
    at = end + 1;
  }
  close(Math.min(at, text.length));
  return { blocks, ...(repeated === undefined ? {} : { repeated }) };
}

/** Where the line after "entries:" begins. */
function findEntries(text: string, from = 0): number | undefined {
  let at = text.startsWith('entries:', from) ? from : text.indexOf('\nentries:', from) + 1;
  if (at === 0 && !text.startsWith('entries:')) return undefined;
  at += 'entries:'.length;
  const end = endOfLine(text, at);
  return /^\s*(?:#.*)?$/.test(text.slice(at, end)) ? end + 1 : undefined;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function indentOf(text: string, at: number): number {
  let column = 0;
  while (text[at + column] === ' ') column++;
  return column;
}
