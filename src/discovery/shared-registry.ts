import { LRUCache } from 'lru-cache';
import { type ImageFacts, normalizeImageUrl } from '../domain/index.ts';
import type { Clock, ImageSource, Registry } from '../ports/index.ts';
import { createSharedScans, type Scan } from './shared-scans.ts';
import { whoAsks } from './source.ts';

/** How an answer is wanted. */
export interface Wish {
  /** The oldest answer that will do; see `Question`. */
  readonly notBeforeMs: number;
  /** Is what a tag pointed to once taken to be true for ever? */
  readonly isCachedByTag: boolean;
}

/** A registry whose answers to one identity serve all who ask the same, as long as they are young enough. */
export interface SharedRegistry {
  listTags(source: ImageSource, wish: Wish, signal: AbortSignal): Promise<Scan<readonly string[]>>;
  readTag(
    source: ImageSource,
    tag: string,
    wish: Wish,
    signal: AbortSignal,
  ): Promise<Scan<ImageFacts | undefined>>;
}

/** Shares a registry among all who scan it; `maxTags` tags are remembered. */
export function shareRegistry(
  { registry, clock }: { readonly registry: Registry; readonly clock: Clock },
  maxTags: number,
): SharedRegistry {
  const lists = createSharedScans<readonly string[]>(clock, { freshOvertakes: true });
  const tags = createSharedScans<ImageFacts | undefined>(clock, { max: maxTags, freshOvertakes: true });
  /** By identity as well: who has not seen the tag must not learn what it was. */
  const byTag = new LRUCache<string, ImageFacts>({ max: maxTags });
  return {
    listTags: (source, { notBeforeMs }, signal) =>
      lists.ask(
        { key: keyOf(source), wants: [], notBeforeMs },
        (_, shared) => registry.listTags(source, shared),
        signal,
      ),
    async readTag(source, tag, { notBeforeMs, isCachedByTag }, signal) {
      const key = `${keyOf(source)}\n${tag}`;
      const cached = isCachedByTag ? byTag.get(key) : undefined;
      if (cached !== undefined) return { answer: cached, askedAtMs: Number.POSITIVE_INFINITY };
      const scan = await tags.ask(
        { key, wants: [], notBeforeMs },
        (_, shared) => registry.readTag(source, tag, shared),
        signal,
      );
      if (scan.answer !== undefined) byTag.set(key, scan.answer);
      return scan;
    },
  };
}

function keyOf(source: ImageSource): string {
  const trust = source.insecureSkipTLSVerify === true ? 'insecure' : '';
  return [normalizeImageUrl(source.repoURL), whoAsks(source.credential), trust].join('\n');
}
