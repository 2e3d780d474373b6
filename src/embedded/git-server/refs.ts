import { isObjectId, type ObjectId } from '../../wire/git/index.ts';

/** Is this a name that git accepts for a reference? */
export function isRefName(name: string): boolean {
  if (!name.startsWith('refs/') || name.length > 1000) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not occur
  if (/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

/** References by name, with the rule that a name cannot be the folder of another. */
export class RefStore {
  readonly #refs = new Map<string, ObjectId>();

  get(name: string): ObjectId | undefined {
    return this.#refs.get(name);
  }

  /** Sorted by name. */
  list(): [string, ObjectId][] {
    return [...this.#refs].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  get isEmpty(): boolean {
    return this.#refs.size === 0;
  }

  /** Why a name cannot be created; `undefined` when it can. */
  clashOf(name: string): string | undefined {
    for (const known of this.#refs.keys()) {
      if (known.startsWith(`${name}/`) || name.startsWith(`${known}/`)) return known;
    }
    return undefined;
  }

  set(name: string, id: ObjectId | undefined): void {
    if (id === undefined) this.#refs.delete(name);
    else this.#refs.set(name, id);
  }

  /** What a person means: an id, "HEAD", a full name, a branch or a tag. */
  resolve(text: string, head: string): ObjectId | undefined {
    if (isObjectId(text)) return text;
    const names = text === 'HEAD' ? [head] : [text, `refs/heads/${text}`, `refs/tags/${text}`];
    return names.map((name) => this.#refs.get(name)).find((id) => id !== undefined);
  }
}
