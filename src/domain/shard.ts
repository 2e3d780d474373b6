/** Which part of the objects a controller is responsible for. */
export interface Shard {
  /** `undefined` for the objects that no shard is named for. */
  readonly name: string | undefined;
  /** Is it also responsible for objects that no shard is named for? Without a name of its own it always is. */
  readonly isDefault: boolean;
}

/** The label that assigns an object to a shard. */
const shardLabel = 'kargo.akuity.io/shard';

/** Is this controller responsible for an object? The label decides; an empty one counts as none. */
export function isInShard(
  shard: Shard,
  object: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } },
): boolean {
  const named = object.metadata.labels?.[shardLabel] ?? '';
  if (named === '') return shard.isDefault || shard.name === undefined;
  return named === shard.name;
}

/**
 * The label selector for the watches of Stages and Promotions: all that this controller may be responsible for;
 * `undefined` when a selector cannot say it, and each object has to be asked about.
 */
export function formatShardSelector(shard: Shard): string | undefined {
  if (shard.name === undefined) return `!${shardLabel}`;
  return shard.isDefault ? undefined : `${shardLabel}=${shard.name}`;
}
