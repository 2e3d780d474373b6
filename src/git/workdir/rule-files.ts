import {
  type AttributeFile,
  type Conversion,
  conversionOf,
  type IgnoreRules,
  lookUpAttributes,
  matchIgnore,
  parseAttributes,
  parseIgnore,
  toBytes,
} from '../../wire/git-files/index.ts';
import { type Leaf, readLeaf } from './node.ts';

/** Entries of a directory, changed or stored; only leaves matter here. */
type Entries = ReadonlyMap<string, Leaf | { readonly kind: string }>;

/** Files of rules that have been read. A leaf never changes, so that its rules are read once. */
export class RuleFiles {
  readonly #ignore = new WeakMap<Leaf, Promise<IgnoreRules>>();
  readonly #attributes = new WeakMap<Leaf, Promise<AttributeFile>>();

  ignoreRules(leaf: Leaf, signal: AbortSignal): Promise<IgnoreRules> {
    return readOnce(this.#ignore, leaf, parseIgnore, signal);
  }

  attributes(leaf: Leaf, signal: AbortSignal): Promise<AttributeFile> {
    return readOnce(this.#attributes, leaf, parseAttributes, signal);
  }
}

function readOnce<Rules>(
  known: WeakMap<Leaf, Promise<Rules>>,
  leaf: Leaf,
  parse: (content: Uint8Array) => Rules,
  signal: AbortSignal,
): Promise<Rules> {
  const underway = known.get(leaf);
  if (underway !== undefined) return underway;
  const read = readLeaf(leaf, signal).then(parse);
  known.set(leaf, read);
  // What failed may be read later.
  read.catch(() => known.delete(leaf));
  return read;
}

/**
 * A directory on the way down a tree, with what the files of rules in it and above it say. They are read when they are
 * asked for, and a symlink of such a name is not followed, as in git.
 */
export class Level {
  readonly path: readonly string[];
  readonly #above: Level | undefined;
  readonly #name: string;
  readonly #rules: RuleFiles;
  readonly #ignore: Leaf | undefined;
  readonly #attributes: Leaf | undefined;
  readonly #hasIgnore: boolean;
  readonly #hasAttributes: boolean;

  constructor(rules: RuleFiles, entries: Entries, above?: { readonly level: Level; readonly name: string }) {
    this.#rules = rules;
    this.#above = above?.level;
    this.#name = toBytes(above?.name ?? '');
    this.path = above === undefined ? [] : [...above.level.path, above.name];
    this.#ignore = fileOf(entries, '.gitignore');
    this.#attributes = fileOf(entries, '.gitattributes');
    const over = above?.level;
    this.#hasIgnore = this.#ignore !== undefined || (over === undefined ? false : over.#hasIgnore);
    this.#hasAttributes =
      this.#attributes !== undefined || (over === undefined ? false : over.#hasAttributes);
  }

  /** The level of a directory below. */
  below(name: string, entries: Entries): Level {
    return new Level(this.#rules, entries, { level: this, name });
  }

  /** Would git leave out something of this name here that it does not track? */
  async isIgnored(name: string, isDirectory: boolean, signal: AbortSignal): Promise<boolean> {
    if (!this.#hasIgnore) return false;
    // Below a directory that is left out nothing can be taken in again.
    if (await this.#above?.isIgnored(this.path.at(-1) ?? '', true, signal)) return true;
    return (await this.#verdict([toBytes(name)], isDirectory, signal)) === 'ignored';
  }

  /** How a file of this name is converted; `undefined` when no attributes are there at all. */
  async conversion(name: string, signal: AbortSignal): Promise<Conversion | undefined> {
    if (!this.#hasAttributes) return undefined;
    const files = await Promise.all(
      this.#chain().map((level) =>
        level.#attributes === undefined ? undefined : this.#rules.attributes(level.#attributes, signal),
      ),
    );
    return conversionOf(lookUpAttributes(files, [...this.path.map(toBytes), toBytes(name)]));
  }

  async #verdict(below: readonly string[], isDirectory: boolean, signal: AbortSignal): ReturnType<Verdict> {
    if (this.#ignore !== undefined) {
      const rules = await this.#rules.ignoreRules(this.#ignore, signal);
      const said = matchIgnore(rules, below.join('/'), isDirectory);
      if (said !== undefined) return said;
    }
    const above = this.#above;
    return above === undefined ? undefined : above.#verdict([this.#name, ...below], isDirectory, signal);
  }

  #chain(): readonly Level[] {
    return this.#above === undefined ? [this] : [...this.#above.#chain(), this];
  }
}

type Verdict = () => Promise<ReturnType<typeof matchIgnore>>;

function fileOf(entries: Entries, name: string): Leaf | undefined {
  const node = entries.get(name);
  return node !== undefined && isLeaf(node) && node.mode !== 'symlink' ? node : undefined;
}

function isLeaf(node: Leaf | { readonly kind: string }): node is Leaf {
  return node.kind === 'leaf';
}
