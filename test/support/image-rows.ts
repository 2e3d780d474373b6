import {
  compileImageRule,
  type ImageCriteria,
  type ImageFacts,
  imageCreationMs,
  isRunnable,
  latest,
  selectImages,
  statedCreationMs,
  type TagFact,
} from '../../src/domain/index.ts';
import type { FixtureImage, ImageFixtures } from './image-fixtures.ts';

/** The input of a row of the table image-select. */
export interface ImageRow {
  readonly repository: string;
  readonly subscription: ImageCriteria;
}

/** What a row expects of one image. */
export interface ImageReference {
  readonly tag: string;
  readonly createdAt: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** What the pure rules select for a row, "error" where they refuse. */
export function selectRow(
  repositories: ImageFixtures,
  { repository, subscription }: ImageRow,
): readonly ImageReference[] | 'error' {
  const tags = repositories[repository];
  const compiled = compileImageRule(subscription);
  if (!compiled.ok || (tags === undefined && compiled.rule.pinnedTag === undefined)) return 'error';
  const { rule } = compiled;
  const candidates = rule.rank(Object.keys(tags ?? {}));
  const facts = new Map<string, TagFact>();
  for (;;) {
    const step = selectImages(rule, candidates, facts);
    if (step.kind === 'blocked') return 'error';
    if (step.kind === 'done') {
      return step.images.map(({ tag, annotations, createdAtMs }) => ({
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        createdAt: createdAtMs === undefined ? '0001-01-01T00:00:00Z' : formatSeconds(createdAtMs),
        tag,
      }));
    }
    if (step.tags.length === 0) throw new Error('the selection asks for nothing');
    for (const tag of step.tags) facts.set(tag, factOf(tag, tags?.[tag]));
  }
}

function factOf(tag: string, image: FixtureImage | undefined): TagFact {
  if (image === undefined) return { kind: 'missing' };
  const facts = toFacts(tag, image);
  return facts === undefined
    ? { kind: 'unreadable', problem: 'no platform' }
    : { kind: 'image', image: facts };
}

function toFacts(tag: string, image: FixtureImage): ImageFacts | undefined {
  const annotations = image.annotations ?? {};
  if (image.children === undefined) {
    return { digest: tag, createdAtMs: creationOf(image), annotations, platforms: undefined };
  }
  const platforms = image.children.flatMap((child) => {
    const { os = '', arch = '', variant = '' } = child;
    const platform = { os, architecture: arch, ...(variant === '' ? {} : { variant }) };
    return child.noPlatform === true || !isRunnable(platform)
      ? []
      : [
          {
            ...platform,
            annotations: child.descriptorAnnotations ?? {},
            createdAtMs: statedCreationMs(child.descriptorAnnotations ?? {}) ?? creationOf(child.image),
          },
        ];
  });
  if (platforms.length === 0) return undefined;
  const createdAtMs =
    statedCreationMs(annotations) ?? latest(platforms.map((platform) => platform.createdAtMs));
  return { digest: tag, createdAtMs, annotations, platforms };
}

function creationOf(image: FixtureImage): number | undefined {
  return imageCreationMs(image.annotations ?? {}, {
    created: image.configCreated,
    labels: image.configLabels ?? {},
  });
}

/** As the table has it, to the millisecond at most. */
function formatSeconds(timeMs: number): string {
  return new Date(Math.floor(timeMs)).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** A row's reference with a time to the millisecond. */
export function cutToMillisecond(reference: ImageReference): ImageReference {
  return { ...reference, createdAt: reference.createdAt.replace(/(\.\d{3})\d+/, '$1') };
}
