/** Reads the tag list of a registry while it arrives, so that a large one is never decoded in one go. */
export interface TagListReader {
  /** Takes the next bytes; the tags that they completed, in order. After a problem, none. */
  push(chunk: Uint8Array): readonly string[];
  /** Is the rest of the document not worth reading? */
  readonly isBroken: boolean;
  /** Call it when all bytes were given: what is wrong with the document, e.g. "is not JSON". */
  end(): string | undefined;
}

type Container = 'object' | 'array';
/** What the grammar of JSON wants next. */
type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const maxDepth = 64;
const maxTextBytes = 65_536;
const [quote, backslash, openObject, closeObject, openArray, closeArray, comma, colon] = [
  0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c, 0x3a,
];

/**
 * Creates a reader of one document such as `{"name": "app", "tags": ["v1", "v2"]}`; members other than "tags" are
 * passed over, and entries that are no texts are left out. `"tags": null` is no tags.
 */
export function createTagListReader(): TagListReader {
  const stack: Container[] = [];
  let expected: Expected = 'value';
  let problem: string | undefined;
  /** The bytes of the text that is being read, over chunks; `undefined` outside of texts. */
  let text: number[] | undefined;
  let isEscaped = false;
  let needsDecoding = false;
  /** The characters of a number, true, false or null. */
  let word = '';
  let member = '';

  const isInTags = (): boolean => stack.length === 2 && stack[1] === 'array' && member === 'tags';
  const isTagsItself = (): boolean => stack.length === 1 && member === 'tags';
  const fail = (why: string): void => {
    problem ??= why;
  };

  function endValue(): void {
    expected = stack.length === 0 ? 'nothing' : 'comma-or-end';
  }

  function beginValue(): void {
    if (expected !== 'value' && expected !== 'value-or-end') fail('is not JSON');
    if (stack.length === 0) fail('is not a JSON object');
  }

  function open(kind: Container): void {
    if (expected !== 'value' && expected !== 'value-or-end') fail('is not JSON');
    if (stack.length === 0 && kind === 'array') fail('is not a JSON object');
    if (isTagsItself()) {
      if (kind === 'object') fail('has no list as "tags"');
    }
    stack.push(kind);
    if (stack.length > maxDepth) fail('is nested too deeply');
    expected = kind === 'object' ? 'key-or-end' : 'value-or-end';
  }

  function close(kind: Container): void {
    const isEnd =
      expected === 'comma-or-end' || expected === (kind === 'object' ? 'key-or-end' : 'value-or-end');
    if (!isEnd || stack.pop() !== kind) fail('is not JSON');
    endValue();
  }

  function endWord(): void {
    const isKnown = /^(?:null|true|false|-?\d[\d.eE+-]*)$/.test(word);
    if (!isKnown) fail('is not JSON');
    if (isTagsItself() && word !== 'null') fail('has no list as "tags"');
    word = '';
    endValue();
  }

  function endText(bytes: readonly number[], into: string[]): void {
    const isKey = expected === 'key' || expected === 'key-or-end';
    const isWanted = isInTags() || (isKey && stack.length === 1);
    const value = isWanted ? decode(bytes, needsDecoding) : '';
    if (value === undefined) fail('is not JSON');
    else if (isKey) {
      if (stack.length === 1) member = value;
      expected = 'colon';
    } else {
      beginValue();
      if (isTagsItself()) fail('has no list as "tags"');
      if (isInTags()) into.push(value);
      endValue();
    }
  }

  function punctuate(byte: number): void {
    switch (byte) {
      case openObject:
        open('object');
        break;
      case openArray:
        open('array');
        break;
      case closeObject:
        close('object');
        break;
      case closeArray:
        close('array');
        break;
      case colon:
        if (expected !== 'colon') fail('is not JSON');
        expected = 'value';
        break;
      case comma:
        if (expected !== 'comma-or-end') fail('is not JSON');
        expected = stack.at(-1) === 'object' ? 'key' : 'value';
        break;
      default:
        beginValue();
        word = String.fromCharCode(byte);
    }
  }

  function readText(byte: number, bytes: number[], into: string[]): void {
    if (isEscaped) isEscaped = false;
    else if (byte === backslash) {
      isEscaped = true;
      needsDecoding = true;
    } else if (byte === quote) {
      text = undefined;
      endText(bytes, into);
      return;
    } else if (byte < 0x20) fail('is not JSON');
    else if (byte > 0x7e) needsDecoding = true;
    if (bytes.push(byte) > maxTextBytes) fail('has a text that is too long');
  }

  function read(byte: number): void {
    if (word !== '' && isWordByte(byte)) {
      word += String.fromCharCode(byte);
      if (word.length > 1000) fail('is not JSON');
      return;
    }
    if (word !== '') endWord();
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return;
    if (byte === quote) {
      if (expected === 'colon' || expected === 'comma-or-end' || expected === 'nothing') fail('is not JSON');
      text = [];
      needsDecoding = false;
      return;
    }
    punctuate(byte);
  }

  return {
    get isBroken() {
      return problem !== undefined;
    },
    push(chunk) {
      const tags: string[] = [];
      for (const byte of chunk) {
        if (problem !== undefined) return [];
        if (text === undefined) read(byte);
        else readText(byte, text, tags);
      }
      return problem === undefined ? tags : [];
    },
    end() {
      if (word !== '') endWord();
      if (problem === undefined && (expected !== 'nothing' || text !== undefined)) fail('is not JSON');
      return problem;
    },
  };
}

function isWordByte(byte: number): boolean {
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

function decode(bytes: readonly number[], isUnusual: boolean): string | undefined {
  if (!isUnusual) return String.fromCharCode(...bytes.slice(0, maxTextBytes));
  try {
    const value: unknown = JSON.parse(`"${new TextDecoder().decode(Uint8Array.from(bytes))}"`);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
