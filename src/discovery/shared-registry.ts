import { type ImageFacts, normalizeImageUrl } from '../domain/index.ts';
import type { ImageSource, Registry } from '../ports/index.ts';
import { createFlights } from './flights.ts';

/** A registry whose equal requests by one identity are one request while it is under way. */
export interface SharedRegistry {
  listTags(source: ImageSource, isFresh: boolean, signal: AbortSignal): Promise<readonly string[]>;
  readTag(
    source: ImageSource,
    tag: string,
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<ImageFacts | undefined>;
}

/** Shares a registry among all who scan it. */
export function shareRegistry(registry: Registry): SharedRegistry {
  const lists = createFlights<readonly string[]>();
  const tags = createFlights<ImageFacts | undefined>();
  return {
    listTags: (source, isFresh, signal) =>
      lists.join(keyOf(source), isFresh, (shared) => registry.listTags(source, shared), signal),
    readTag: (source, tag, isFresh, signal) =>
      tags.join(
        `${keyOf(source)}\n${tag}`,
        isFresh,
        (shared) => registry.readTag(source, tag, shared),
        signal,
      ),
  };
}

function keyOf(source: ImageSource): string {
  const trust = source.insecureSkipTLSVerify === true ? 'insecure' : '';
  return [normalizeImageUrl(source.repoURL), source.credential?.identity ?? '', trust].join('\n');
}
