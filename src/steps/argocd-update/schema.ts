import * as z from 'zod';
import { pollIntervalField } from '../fields.ts';

const Selector = z
  .strictObject({
    matchLabels: z
      .record(z.string(), z.string())
      .optional()
      .describe('Labels that the Application must have.'),
    matchExpressions: z
      .array(
        z.strictObject({
          key: z.string().min(1).describe('Name of the label.'),
          operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']).describe('How the label is compared.'),
          values: z.array(z.string()).optional().describe('What it is compared with.'),
        }),
      )
      .optional()
      .describe('Further conditions on labels.'),
  })
  .refine(
    (selector) =>
      Object.keys(selector.matchLabels ?? {}).length > 0 || (selector.matchExpressions ?? []).length > 0,
    { message: 'Must validate at least one schema (anyOf): give matchLabels or matchExpressions' },
  )
  .describe('Selects Applications by their labels.');

const KustomizeImage = z
  .strictObject({
    repoURL: z.string().min(1).describe('The image as the manifests name it.'),
    newName: z.string().min(1).optional().describe('Another name to put in its place.'),
    tag: z.string().optional().describe('Tag to set.'),
    digest: z.string().optional().describe('Digest to set.'),
  })
  .refine((image) => !(image.tag && image.digest), {
    message: 'Must validate one and only one schema (oneOf): give one of tag and digest',
  });

const HelmParameter = z.strictObject({
  key: z.string().min(1).describe('Name of the Helm parameter.'),
  value: z.string().describe('Its value.'),
});

const SourceUpdate = z
  .strictObject({
    repoURL: z.string().min(1).describe('The source to change, by its repository.'),
    chart: z.string().min(1).optional().describe('The source to change, by its chart.'),
    desiredRevision: z
      .string()
      .min(1)
      .optional()
      .describe('Revision that the source has to be at afterwards.'),
    updateTargetRevision: z
      .boolean()
      .optional()
      .describe('Write desiredRevision into targetRevision. Default false.'),
    kustomize: z
      .strictObject({
        images: z.array(KustomizeImage).min(1).describe('Images to set; they replace the list.'),
      })
      .optional()
      .describe('Changes of a Kustomize source.'),
    helm: z
      .strictObject({ images: z.array(HelmParameter).min(1).describe('Helm parameters to set.') })
      .optional()
      .describe('Changes of a Helm source.'),
  })
  .refine((source) => source.updateTargetRevision !== true || source.desiredRevision !== undefined, {
    message: 'Must validate one and only one schema (oneOf): updateTargetRevision needs desiredRevision',
  });

const AppUpdate = z
  .strictObject({
    name: z.string().min(1).optional().describe('Name of the Application.'),
    selector: Selector.optional(),
    namespace: z
      .string()
      .min(1)
      .optional()
      .describe('Its namespace. Default: the operator’s Argo CD namespace.'),
    sources: z
      .array(SourceUpdate)
      .min(1)
      .optional()
      .describe('Changes of its sources. None: only synchronize.'),
  })
  .refine((app) => (app.name === undefined) !== (app.selector === undefined), {
    message: 'Must validate one and only one schema (oneOf): give one of name and selector',
  });

/** Configuration of argocd-update. */
export const ArgocdUpdateConfig = z.strictObject({
  apps: z.array(AppUpdate).min(1).describe('Applications to update and synchronize.'),
  pollInterval: pollIntervalField,
});

/** Configuration of argocd-update, parsed. */
export type ArgocdUpdateConfig = z.infer<typeof ArgocdUpdateConfig>;

/** One entry of the configuration. */
export type AppUpdate = ArgocdUpdateConfig['apps'][number];

/** One change of a source. */
export type SourceUpdate = NonNullable<AppUpdate['sources']>[number];

/** Output of argocd-update. */
export const ArgocdUpdateOutput = z.object({
  apps: z
    .array(z.object({ name: z.string().describe('Name.'), namespace: z.string().describe('Namespace.') }))
    .describe('The Applications that were synchronized.'),
});
