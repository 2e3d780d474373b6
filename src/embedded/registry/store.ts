import type { Digest, ManifestResult } from '../../wire/oci/index.ts';

/** A manifest as it was pushed. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly contentType: string;
  readonly content: Uint8Array;
  readonly parsed: ManifestResult;
  /** The manifest this one is about (a signature, an SBOM), if it says so. */
  readonly subject: Digest | undefined;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One repository's content. */
export interface StoredRepository {
  readonly blobs: Map<Digest, Uint8Array>;
  readonly manifests: Map<Digest, StoredManifest>;
  readonly tags: Map<string, Digest>;
  /** Unfinished uploads by id. */
  readonly uploads: Map<string, Uint8Array[]>;
}

/** All repositories by name. */
export type Store = Map<string, StoredRepository>;

/** The repository of this name; made when it does not exist. */
export function ensureRepository(store: Store, name: string): StoredRepository {
  const known = store.get(name);
  if (known !== undefined) return known;
  const repository: StoredRepository = {
    blobs: new Map(),
    manifests: new Map(),
    tags: new Map(),
    uploads: new Map(),
  };
  store.set(name, repository);
  return repository;
}
