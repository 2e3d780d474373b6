import type { Attributes } from './attributes.ts';

/** How a file differs between the work tree and the repository. */
export interface Conversion {
  /** `as-is` never converts; `text` always; `auto` when the content looks like text. */
  readonly lineEndings: 'as-is' | 'text' | 'auto';
  /** Line endings are CRLF in the work tree. */
  readonly isCrlf: boolean;
  /** `$Id$` has the file's object id in the work tree. */
  readonly hasIdent: boolean;
  /** Its content is kept by Git LFS; the repository has a pointer. */
  readonly isLfs: boolean;
  /** The character encoding in the work tree when it is not UTF-8. */
  readonly encoding: string | undefined;
}

/** What attributes say about a file, with git's own settings left alone: no `core.autocrlf`, no `core.eol`. */
export function conversionOf(attributes: Attributes): Conversion {
  const text = lineEndingsOf(attributes.get('text')) ?? lineEndingsOf(attributes.get('crlf'));
  const eol = attributes.get('eol');
  const hasEol = eol === 'lf' || eol === 'crlf';
  const lineEndings = text?.kind ?? (hasEol ? 'text' : 'as-is');
  const encoding = attributes.get('working-tree-encoding');
  const isUtf8 = typeof encoding !== 'string' || /^(?:|utf-?8)$/i.test(encoding);
  return {
    lineEndings,
    isCrlf: lineEndings !== 'as-is' && eol === 'crlf',
    hasIdent: attributes.get('ident') === true,
    isLfs: attributes.get('filter') === 'lfs',
    encoding: isUtf8 ? undefined : encoding,
  };
}

function lineEndingsOf(
  state: ReturnType<Attributes['get']>,
): { kind: Conversion['lineEndings'] } | undefined {
  if (state === true || state === 'input') return { kind: 'text' };
  if (state === false) return { kind: 'as-is' };
  return state === 'auto' ? { kind: 'auto' } : undefined;
}

/**
 * What `git add` stores of a file's content.
 *
 * `hasCrlfBefore` says whether the file as tracked so far has CRLF in it: git leaves line endings alone then, unless
 * they are declared. It is asked only when it matters.
 */
export async function toRepository(
  content: Uint8Array,
  conversion: Conversion,
  hasCrlfBefore: () => Promise<boolean>,
): Promise<Uint8Array> {
  const plain = await withLineFeeds(content, conversion, hasCrlfBefore);
  return conversion.hasIdent ? collapseIdent(plain) : plain;
}

async function withLineFeeds(
  content: Uint8Array,
  { lineEndings }: Conversion,
  hasCrlfBefore: () => Promise<boolean>,
): Promise<Uint8Array> {
  if (lineEndings === 'as-is' || !hasCrlf(content)) return content;
  if (lineEndings === 'auto' && (isBinary(content) || (await hasCrlfBefore()))) return content;
  return replaceLatin1(content, (text) => text.replaceAll('\r\n', '\n'));
}

/** What a checkout of a file has for the content that is stored; `id` names the stored object. */
export function toWorkTree(content: Uint8Array, conversion: Conversion, id: string): Uint8Array {
  const expanded = conversion.hasIdent ? expandIdent(content, id) : content;
  if (!conversion.isCrlf) return expanded;
  const { loneLf, crlf, loneCr } = countLineEndings(expanded);
  if (loneLf === 0) return expanded;
  const isGuessed = conversion.lineEndings === 'auto';
  if (isGuessed && (crlf > 0 || loneCr > 0 || isBinary(expanded))) return expanded;
  return replaceLatin1(expanded, (text) => text.replace(/(?<!\r)\n/g, '\r\n'));
}

/** Is there a line that ends in CRLF? */
export function hasCrlf(content: Uint8Array): boolean {
  return asBuffer(content).includes('\r\n');
}

function countLineEndings(content: Uint8Array): { loneLf: number; loneCr: number; crlf: number } {
  const count = { loneLf: 0, loneCr: 0, crlf: 0 };
  for (let at = 0; at < content.length; at++) {
    if (content[at] === 0x0d) {
      if (content[at + 1] === 0x0a) {
        count.crlf++;
        at++;
      } else count.loneCr++;
    } else if (content[at] === 0x0a) count.loneLf++;
  }
  return count;
}

/** Git's guess: a zero byte, a CR of its own, or more than one control character in 128. */
function isBinary(content: Uint8Array): boolean {
  if (countLineEndings(content).loneCr > 0) return true;
  let printable = 0;
  let others = 0;
  for (const [at, byte] of content.entries()) {
    if (byte === 0) return true;
    if (byte === 0x0d || byte === 0x0a) continue;
    if (byte === 0x7f) others++;
    else if (byte >= 32 || byte === 8 || byte === 9 || byte === 27 || byte === 12) printable++;
    // An end-of-file character of DOS is none of its content.
    else if (byte !== 0x1a || at !== content.length - 1) others++;
  }
  return Math.floor(printable / 128) < others;
}

/** E.g. "$Id: 7f3a $" becomes "$Id$"; one that spans lines or is not closed stays. */
function collapseIdent(content: Uint8Array): Uint8Array {
  return replaceLatin1(content, (text) => text.replace(/\$Id:[^$\n]*\$/g, '$Id$$'));
}

/** E.g. "$Id$" becomes "$Id: 7f3a $"; what another system has put there, with spaces inside, stays. */
function expandIdent(content: Uint8Array, id: string): Uint8Array {
  const expanded = `$Id: ${id} $`;
  return replaceLatin1(content, (text) =>
    text.replace(/\$Id(?::(?<inside>[^$\n]*))?\$/g, (whole, inside?: string) => {
      const isForeign = inside?.slice(1, -1).includes(' ') === true;
      return isForeign ? whole : expanded;
    }),
  );
}

function replaceLatin1(content: Uint8Array, replace: (text: string) => string): Uint8Array {
  const before = asBuffer(content).toString('latin1');
  const after = replace(before);
  return after === before ? content : Buffer.from(after, 'latin1');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
