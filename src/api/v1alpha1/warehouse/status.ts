import * as z from 'zod';
import { artifactReference } from '../shared/artifacts.ts';
import { conditions, lastHandledRefresh, observedGeneration } from '../shared/conditions.ts';
import { type Immutable, someText, text, textMap, time } from '../shared/fields.ts';
import { gitUrlPattern } from './patterns.ts';

const subscriptionName = text(
  'The name of the subscription. None for subscriptions without a name.',
).optional();

const discoveredCommit = z
  .object({
    id: someText('The full commit id.').optional(),
    branch: text('The branch it was found on.').optional(),
    tag: text('The tag it was found by.').optional(),
    subject: text('The first line of the message.').optional(),
    author: text('Name and mail address of the author.').optional(),
    committer: text('Name and mail address of the committer.').optional(),
    creatorDate: time('When the commit, or the annotated tag, was made.').optional(),
  })
  .describe('One commit.');

const gitDiscovery = z
  .object({
    repoURL: z.string().min(1).meta({ pattern: gitUrlPattern, description: 'The URL of the repository.' }),
    commits: z
      .array(discoveredCommit)
      .describe('The commits that fit, best first. Empty when none does.')
      .optional(),
    subscriptionName,
    observedRefs: z
      .object({
        branchHead: text('The commit at the head of the branch.').optional(),
        tags: z
          .array(
            z
              .object({
                name: someText('The name of the tag.'),
                id: someText('The commit it points to.'),
              })
              .describe('One tag.'),
          )
          .describe('The tags that fit.')
          .optional(),
      })
      .describe('What the repository showed; while it is the same nothing is fetched.')
      .optional(),
  })
  .describe('What was found in one git repository.');

const imageReference = z
  .object({
    tag: z.string().min(1).max(128).meta({ pattern: '^[\\w.\\-\\_]+$', description: 'The tag.' }),
    digest: z
      .string()
      .min(1)
      .meta({ pattern: '^[a-z0-9]+:[a-f0-9]+$', description: 'The digest, e.g. "sha256:…".' }),
    annotations: textMap('The OCI annotations. None by default.').optional(),
    createdAt: time('When the image was built, as it says itself.').optional(),
  })
  .describe('One image.');

const imageDiscovery = z
  .object({
    repoURL: someText('The image repository.'),
    platform: text('The platform that was looked for. None for all.').optional(),
    references: z
      .array(imageReference)
      .describe('The images that fit, best first. Empty when none does.')
      .optional(),
    subscriptionName,
  })
  .describe('What was found in one image repository.');

const chartDiscovery = z
  .object({
    repoURL: someText('The URL of the chart repository.'),
    name: text('The name of the chart. None for OCI repositories.').optional(),
    semverConstraint: text('The constraint that was applied. None by default.').optional(),
    versions: z
      .array(z.string())
      .describe('The versions that fit, best first. Empty when none does.')
      .optional(),
    subscriptionName,
  })
  .describe('What was found in one chart repository.');

const discoveryResult = z
  .object({
    name: someText('The name of the subscription.'),
    artifactReferences: z.array(artifactReference).describe('The artifacts that fit, best first.').optional(),
  })
  .describe('What was found by a subscription of another kind.');

/** The status of a Warehouse. */
export const warehouseStatus = z
  .object({
    conditions,
    lastHandledRefresh,
    observedGeneration,
    lastFreightID: text('The name of the Freight that was made last, or would have been.').optional(),
    discoveredArtifacts: z
      .object({
        discoveredAt: time('When the last complete look ended.').optional(),
        git: z.array(gitDiscovery).describe('What was found in git repositories.').optional(),
        images: z.array(imageDiscovery).describe('What was found in image repositories.').optional(),
        charts: z.array(chartDiscovery).describe('What was found in chart repositories.').optional(),
        results: z
          .array(discoveryResult)
          .describe('What was found by subscriptions of other kinds.')
          .optional(),
      })
      .describe('What the subscriptions found.')
      .optional(),
  })
  .describe('What the Warehouse has found.');

/** What a Warehouse has found. */
export type WarehouseStatus = Immutable<z.infer<typeof warehouseStatus>>;
/** What the subscriptions of a Warehouse found. */
export type DiscoveredArtifacts = NonNullable<WarehouseStatus['discoveredArtifacts']>;
/** What was found in one git repository. */
export type GitDiscovery = Immutable<z.infer<typeof gitDiscovery>>;
/** One commit that was found. */
export type DiscoveredCommit = Immutable<z.infer<typeof discoveredCommit>>;
/** What was found in one image repository. */
export type ImageDiscovery = Immutable<z.infer<typeof imageDiscovery>>;
/** One image that was found. */
export type DiscoveredImage = Immutable<z.infer<typeof imageReference>>;
/** What was found in one chart repository. */
export type ChartDiscovery = Immutable<z.infer<typeof chartDiscovery>>;
