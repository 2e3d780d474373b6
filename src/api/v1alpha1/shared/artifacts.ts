import * as z from 'zod';
import { anyJson, type Immutable, openText, someText, text, textMap, time } from './fields.ts';

const subscriptionName = text(
  'The name of the Warehouse subscription that found it. None for subscriptions without a name.',
).optional();

/** Where Freight comes from. */
export const freightOrigin = z
  .object({
    kind: z.enum(['Warehouse']).describe('The kind of the origin; only Warehouse.'),
    name: text('The name of the origin in the same Project.'),
  })
  .describe('Where the Freight comes from.');

const gitCommit = z
  .object({
    repoURL: text('The URL of the git repository, as the Warehouse gives it.').optional(),
    id: text('The full commit id.').optional(),
    branch: text('The branch it was found on. None when found by tag.').optional(),
    tag: text('The tag it was found by. None when found by branch.').optional(),
    message: text('The first line of the commit message.').optional(),
    author: text('Name and mail address of the author.').optional(),
    committer: text('Name and mail address of the committer.').optional(),
    subscriptionName,
  })
  .describe('One commit of a git repository.');

const image = z
  .object({
    repoURL: text('The image repository, without scheme and tag.').optional(),
    tag: text('The tag it was found by.').optional(),
    digest: text('The digest, e.g. "sha256:…"; this is what identifies the image.').optional(),
    annotations: textMap('The OCI annotations of the image. None by default.').optional(),
    subscriptionName,
  })
  .describe('One container image.');

const chart = z
  .object({
    repoURL: text('The URL of the chart repository, with its scheme.').optional(),
    name: text('The name of the chart; empty for OCI repositories, whose URL names it.').optional(),
    version: text('The version of the chart.').optional(),
    subscriptionName,
  })
  .describe('One version of a Helm chart.');

/** One artifact of a kind that is neither commit, image nor chart. */
export const artifactReference = z
  .object({
    artifactType: someText('What kind of artifact it is.').optional(),
    subscriptionName: someText('The name of the Warehouse subscription that found it.'),
    version: someText('The version, which identifies the artifact in its subscription.'),
    metadata: anyJson('Free data about the artifact. None by default.').optional(),
  })
  .describe('One artifact of another kind.');

/** The lists of artifacts that a Freight and each copy of it carry. */
export const artifactLists = {
  commits: z.array(gitCommit).describe('The commits. None by default.').optional(),
  images: z.array(image).describe('The container images. None by default.').optional(),
  charts: z.array(chart).describe('The Helm charts. None by default.').optional(),
  artifacts: z.array(artifactReference).describe('The artifacts of other kinds. None by default.').optional(),
};

/** A copy of a Freight inside a status. */
export const freightReference = z
  .object({
    name: text('The name of the Freight.').optional(),
    origin: freightOrigin.optional(),
    ...artifactLists,
  })
  .describe('A Freight, copied with its artifacts.');

const analysisRunReference = z
  .object({
    namespace: text('The namespace of the AnalysisRun.'),
    name: text('The name of the AnalysisRun.'),
    phase: text('The phase of the AnalysisRun when it was last looked at.'),
  })
  .describe('The AnalysisRun that does the verification.');

/** The phases of a verification; those after Running are final. An empty phase has not started. */
export type VerificationPhase =
  | 'Pending'
  | 'Running'
  | 'Successful'
  | 'Failed'
  | 'Error'
  | 'Aborted'
  | 'Inconclusive';

/** One verification of a collection of Freight. */
export const verificationInfo = z
  .object({
    id: text('A random id (UUID) of this verification.').optional(),
    actor: text('Who asked for it. None when it ran by itself.').optional(),
    startTime: time('When it started.').optional(),
    finishTime: time('When it ended. None while it runs.').optional(),
    phase: openText<VerificationPhase>(
      'How far it is: Pending, Running, Successful, Failed, Error, Aborted or Inconclusive.',
    ).optional(),
    message: text('A sentence about the phase.').optional(),
    analysisRun: analysisRunReference.optional(),
  })
  .describe('One verification.');

/** Freight of one or more origins that a Stage runs together. */
export const freightCollection = z
  .object({
    id: text('A hash of the names of the Freight in it.'),
    items: z
      .record(z.string(), freightReference)
      .describe('The Freight by origin; keys read "Warehouse/name".')
      .optional(),
    verificationHistory: z
      .array(verificationInfo)
      .describe('The verifications of this collection, newest first; at most 10.')
      .optional(),
  })
  .describe('Freight of one or more origins that a Stage runs together.');

/** Where Freight comes from. */
export type FreightOrigin = Immutable<z.infer<typeof freightOrigin>>;
/** One commit of a Freight. */
export type GitCommit = Immutable<z.infer<typeof gitCommit>>;
/** One container image of a Freight. */
export type Image = Immutable<z.infer<typeof image>>;
/** One Helm chart of a Freight. */
export type Chart = Immutable<z.infer<typeof chart>>;
/** One artifact of another kind. */
export type ArtifactReference = Immutable<z.infer<typeof artifactReference>>;
/** A copy of a Freight inside a status. */
export type FreightReference = Immutable<z.infer<typeof freightReference>>;
/** One verification of a collection of Freight. */
export type VerificationInfo = Immutable<z.infer<typeof verificationInfo>>;
/** Freight of one or more origins that a Stage runs together. */
export type FreightCollection = Immutable<z.infer<typeof freightCollection>>;
