import { isObjectId, type ObjectId } from '../../wire/git/index.ts';

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
