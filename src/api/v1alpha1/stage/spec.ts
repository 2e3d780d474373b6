import * as z from 'zod';
import { freightOrigin } from '../shared/artifacts.ts';
import { durationPattern, flag, type Immutable, text, textLike, textMap } from '../shared/fields.ts';
import { labelSelector } from '../shared/selectors.ts';
import { expressionVariables, templateStep } from '../shared/steps.ts';

const freightSources = z
  .object({
    direct: flag('Whether Freight is accepted straight from its origin. By default false.').optional(),
    stages: z
      .array(z.string())
      .describe('Stages in which Freight must have been verified before. None by default.')
      .optional(),
    requiredSoakTime: textLike(
      durationPattern,
      'How long Freight must have stayed in an upstream Stage without a break, e.g. "1h30m". By default 0.',
    ).optional(),
    availabilityStrategy: z
      .enum(['All', 'OneOf', ''])
      .describe('Whether all upstream Stages must have verified it or one. By default OneOf.')
      .optional(),
    autoPromotionOptions: z
      .object({
        selectionPolicy: z
          .enum(['NewestFreight', 'MatchUpstream'])
          .describe(
            'Which Freight is promoted by itself: the newest available, or what the upstream Stage runs. By default NewestFreight.',
          )
          .optional(),
      })
      .describe('How Freight is chosen when promotions start by themselves.')
      .optional(),
  })
  .describe('Where the Freight may come from.');

const freightRequest = z
  .object({ origin: freightOrigin, sources: freightSources })
  .describe('Freight that the Stage accepts.');

const promotionTemplate = z
  .object({
    spec: z
      .object({
        vars: expressionVariables,
        steps: z
          .array(templateStep)
          .min(1)
          .describe('The steps, in order. Without steps the Stage only passes Freight on.')
          .optional(),
      })
      .describe('The content of the Promotions.'),
  })
  .describe('How Promotions to this Stage are made. Without it the Stage only passes Freight on.');

const verification = z
  .object({
    analysisTemplates: z
      .array(
        z
          .object({
            kind: z
              .enum(['AnalysisTemplate', 'ClusterAnalysisTemplate'])
              .describe('The kind of the template. By default AnalysisTemplate.')
              .optional(),
            name: text('The name of the template.'),
          })
          .describe('One template.'),
      )
      .describe('The templates of which one AnalysisRun is made. None by default.')
      .optional(),
    analysisRunMetadata: z
      .object({
        labels: textMap('Labels. None by default.').optional(),
        annotations: textMap('Annotations. None by default.').optional(),
      })
      .describe('Labels and annotations for the AnalysisRun.')
      .optional(),
    args: z
      .array(
        z
          .object({
            name: text('The name of the argument.'),
            value: text('The value, which may contain expressions.'),
          })
          .describe('One argument.'),
      )
      .describe('Arguments of the templates. None by default.')
      .optional(),
  })
  .describe('How Freight is verified after its promotion. By default health is enough.');

/** The spec of a Stage. */
export const stageSpec = z
  .object({
    shard: text('The controller that is responsible. By default the one without a shard.').optional(),
    vars: expressionVariables,
    requestedFreight: z
      .array(freightRequest)
      .min(1)
      .describe('The Freight that the Stage accepts; at least one entry.'),
    promotionTemplate: promotionTemplate.optional(),
    verification: verification.optional(),
    targets: z
      .object({
        selectors: z
          .array(labelSelector('Selects Targets by label.'))
          .meta({ 'x-kubernetes-list-type': 'atomic', description: 'The Targets; combined by "or".' }),
      })
      .describe('The Targets of a Stage with several destinations. By default it has one and no Target.')
      .optional(),
  })
  .describe('What the Stage accepts and how it is promoted to.');

/** What a Stage accepts and how it is promoted to. */
export type StageSpec = Immutable<z.infer<typeof stageSpec>>;
/** Freight that a Stage accepts. */
export type FreightRequest = Immutable<z.infer<typeof freightRequest>>;
/** Where the Freight of a request may come from. */
export type FreightSources = Immutable<z.infer<typeof freightSources>>;
/** How Freight is verified after its promotion. */
export type Verification = Immutable<z.infer<typeof verification>>;
