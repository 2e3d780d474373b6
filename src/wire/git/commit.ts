import { gitWireErrors } from './errors.ts';
import { type ObjectId, type ObjectType, parseObjectId, quote } from './object-id.ts';
import { decodeSignature, encodeSignature, type Signature } from './signature.ts';
import { decodeText, encodeText } from './text.ts';

/** A header line of a commit or tag; a value of several lines is joined by newlines. */
export interface ObjectHeader {
  readonly name: string;
  readonly value: string;
}

/** A commit object. */
export interface Commit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Signature;
  readonly committer: Signature;
  /** What follows the committer (encoding, mergetag, gpgsig, headers of tools), in order and verbatim. */
  readonly headers: readonly ObjectHeader[];
  /** As stored, usually with a final newline. */
  readonly message: string;
}

/** An annotated tag object. */
export interface Tag {
  readonly object: ObjectId;
  readonly type: ObjectType;
  readonly name: string;
  /** Very old tags have none. */
  readonly tagger?: Signature;
  readonly headers: readonly ObjectHeader[];
  /** As stored, with a signature at its end if there is one. */
  readonly message: string;
}

/** Reads a commit; `encodeCommit` gives back the same bytes. Errors: git-wire.object-malformed. */
export function decodeCommit(data: Uint8Array): Commit {
  const { headers, message } = splitObject(data);
  let at = 0;
  const tree = parseId(expectHeader(headers[at++], 'tree'));
  const parents: ObjectId[] = [];
  while (headers[at]?.name === 'parent') parents.push(parseId(headers[at++]?.value ?? ''));
  const author = decodeSignature(expectHeader(headers[at++], 'author'));
  const committer = decodeSignature(expectHeader(headers[at++], 'committer'));
  return { tree, parents, author, committer, headers: headers.slice(at), message };
}

/** The bytes of a commit. Errors: git-wire.object-malformed for a header or message that git would refuse. */
export function encodeCommit(commit: Commit): Buffer {
  return joinObject(
    [
      { name: 'tree', value: commit.tree },
      ...commit.parents.map((parent) => ({ name: 'parent', value: parent })),
      { name: 'author', value: encodeSignature(commit.author) },
      { name: 'committer', value: encodeSignature(commit.committer) },
      ...commit.headers,
    ],
    commit.message,
  );
}

/** Reads an annotated tag; `encodeTag` gives back the same bytes. Errors: git-wire.object-malformed. */
export function decodeTag(data: Uint8Array): Tag {
  const { headers, message } = splitObject(data);
  const object = parseId(expectHeader(headers[0], 'object'));
  const type = expectHeader(headers[1], 'type');
  if (!isObjectType(type)) throw malformed(`a tag points to the type ${quote(type)}`);
  const name = expectHeader(headers[2], 'tag');
  const tagger = headers[3]?.name === 'tagger' ? decodeSignature(headers[3].value) : undefined;
  const rest = headers.slice(tagger ? 4 : 3);
  return { object, type, name, ...(tagger ? { tagger } : {}), headers: rest, message };
}

/** The bytes of an annotated tag. Errors: git-wire.object-malformed. */
export function encodeTag(tag: Tag): Buffer {
  return joinObject(
    [
      { name: 'object', value: tag.object },
      { name: 'type', value: tag.type },
      { name: 'tag', value: tag.name },
      ...(tag.tagger ? [{ name: 'tagger', value: encodeSignature(tag.tagger) }] : []),
      ...tag.headers,
    ],
    tag.message,
  );
}

/** Is this the name of a type of objects? */
export function isObjectType(text: string): text is ObjectType {
  return text === 'commit' || text === 'tree' || text === 'blob' || text === 'tag';
}

function splitObject(data: Uint8Array): { headers: ObjectHeader[]; message: string } {
  const text = decodeText(data);
  const headers: { name: string; value: string }[] = [];
  let at = 0;
  while (at < text.length && text[at] !== '\n') {
    const newline = text.indexOf('\n', at);
    if (newline < 0) throw malformed('a header line is cut off');
    const line = text.slice(at, newline);
    const last = headers.at(-1);
    const space = line.indexOf(' ');
    if (space === 0 && last) last.value += `\n${line.slice(1)}`;
    else if (space > 0) headers.push({ name: line.slice(0, space), value: line.slice(space + 1) });
    else throw malformed(`the header line ${quote(line)} has no value`);
    at = newline + 1;
  }
  if (at >= text.length) throw malformed('the empty line after the headers is missing');
  return { headers, message: text.slice(at + 1) };
}

function joinObject(headers: readonly ObjectHeader[], message: string): Buffer {
  const lines = headers.map(({ name, value }) => {
    if (name === '' || /[\s\0]/.test(name) || value.includes('\0')) {
      throw malformed(`the header ${quote(name)} cannot be written`);
    }
    return `${name} ${value.replaceAll('\n', '\n ')}\n`;
  });
  return encodeText(`${lines.join('')}\n${message}`);
}

function expectHeader(header: ObjectHeader | undefined, name: string): string {
  if (header?.name !== name) throw malformed(`the header "${name}" is not where it belongs`);
  return header.value;
}

function parseId(text: string): ObjectId {
  try {
    return parseObjectId(text);
  } catch (error) {
    throw gitWireErrors.create('git-wire.object-malformed', `${quote(text)} is not an object id`, {
      cause: error,
    });
  }
}

function malformed(message: string): Error {
  return gitWireErrors.create('git-wire.object-malformed', message);
}
