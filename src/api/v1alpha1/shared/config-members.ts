import * as z from 'zod';
import { type Immutable, kubernetesName, someText, text, textMap } from './fields.ts';
import { labelSelector, localReference, nameAndLabelSelector } from './selectors.ts';

/** Members that ProjectConfig and ClusterConfig have in common. */

const deepLink = z
  .object({
    title: someText('The text of the link.'),
    url: someText('The address, which may contain expressions.'),
    description: text('A sentence about the link. None by default.').optional(),
    if: text('An expression; the link is shown when it is true. By default it is shown.').optional(),
  })
  .describe('A link that the user interface shows.');

const indexSelector = z
  .object({
    matchIndices: z
      .array(
        z
          .object({
            key: z.enum(['subscribedURLs', 'receiverPaths']).describe('The index to look up.'),
            operator: text('How it is compared: Equals or NotEquals.'),
            value: text('The value, which may contain expressions.'),
          })
          .describe('One look-up.'),
      )
      .min(1)
      .describe('The look-ups; all must hold.')
      .optional(),
  })
  .describe('Selects by index. None by default.');

const receiverAction = z
  .object({
    action: z.enum(['Refresh']).describe('What to do; only Refresh.'),
    whenExpression: text(
      'An expression over the request; the action is done when it is true. By default it is done.',
    ).optional(),
    parameters: textMap('Parameters of the action. None by default.').optional(),
    targetSelectionCriteria: z
      .array(
        z
          .object({
            kind: z.enum(['Warehouse']).describe('The kind of the objects; only Warehouse.'),
            name: text('The name, which may contain expressions. None by default.').optional(),
            labelSelector: labelSelector('Selects by label. None by default.').optional(),
            indexSelector: indexSelector.optional(),
          })
          .describe('Selects objects; all given members must hold.'),
      )
      .min(1)
      .describe('What to do it to; the criteria are combined by "or".')
      .optional(),
  })
  .describe('What a request causes.');

function receiver(platform: string) {
  return z
    .object({ secretRef: localReference('The Secret with the shared secret of the receiver.') })
    .describe(`Receives requests of ${platform}.`)
    .optional();
}

const webhookReceiver = z
  .object({
    name: kubernetesName('The name of the receiver, unique in the list.'),
    artifactory: z
      .object({
        secretRef: localReference('The Secret with the shared secret of the receiver.'),
        virtualRepoName: text(
          'The virtual repository that the repository of the request belongs to. None by default.',
        ).optional(),
      })
      .describe('Receives requests of Artifactory.')
      .optional(),
    azure: receiver('Azure DevOps and Azure Container Registry'),
    bitbucket: receiver('Bitbucket'),
    dockerhub: receiver('Docker Hub'),
    generic: z
      .object({
        secretRef: localReference('The Secret with the shared secret of the receiver.'),
        actions: z
          .array(receiverAction)
          .min(1)
          .describe('What a request causes; each action decides for itself.')
          .optional(),
      })
      .describe('Receives requests of any shape.')
      .optional(),
    gitea: receiver('Gitea'),
    github: receiver('GitHub'),
    gitlab: receiver('GitLab'),
    harbor: receiver('Harbor'),
    quay: receiver('Quay'),
  })
  .describe('An HTTP endpoint for one platform; exactly one platform is set.');

const promotionWindow = z
  .object({
    name: kubernetesName('The name of the window, unique in the list.'),
    kind: z.enum(['Allow', 'Deny']).describe('Whether promotions may start inside the window or not.'),
    rrule: text('How the window repeats, as an RFC 5545 recurrence rule. By default it does not.').optional(),
    dtstart: text('When the first window begins, in RFC 5545 form. None by default.').optional(),
    dtend: text('When the first window ends, in RFC 5545 form. None by default.').optional(),
    stageSelector: nameAndLabelSelector('The Stages it is about. By default all.').optional(),
    projectSelector: nameAndLabelSelector('The Projects it is about. By default all.').optional(),
  })
  .describe('A span of time in which promotions may or may not start.');

/** The members of the spec that both kinds have. */
export const configMembers = {
  webhookReceivers: z
    .array(webhookReceiver)
    .describe('HTTP endpoints that platforms call when something was pushed. None by default.')
    .optional(),
  freightLinks: z.array(deepLink).describe('Links shown with each Freight. None by default.').optional(),
  stageLinks: z.array(deepLink).describe('Links shown with each Stage. None by default.').optional(),
  promotionWindows: z
    .array(promotionWindow)
    .meta({
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      description: 'Spans of time in which promotions may or may not start. None by default.',
    })
    .optional(),
};

/** The endpoints as they can be called, in the status of both kinds. */
export const receiverStatuses = z
  .array(
    z
      .object({
        name: text('The name of the receiver.').optional(),
        path: text('The path of its endpoint, which no one can guess.').optional(),
        url: text('The whole address of its endpoint.').optional(),
      })
      .describe('The endpoint of one receiver.'),
  )
  .describe('The endpoints of the receivers. None before they are set up.')
  .optional();

/** A link that the user interface shows. */
export type DeepLink = Immutable<z.infer<typeof deepLink>>;
/** An HTTP endpoint for one platform. */
export type WebhookReceiver = Immutable<z.infer<typeof webhookReceiver>>;
/** A span of time in which promotions may or may not start. */
export type PromotionWindow = Immutable<z.infer<typeof promotionWindow>>;
