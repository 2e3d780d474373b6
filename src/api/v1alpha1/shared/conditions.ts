import * as z from 'zod';
import type { Condition } from '../../meta/index.ts';
import { int64, time } from './fields.ts';

const typePattern =
  '^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$';
const reasonPattern = '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$';

const condition = z
  .object({
    type: z.string().max(316).meta({
      pattern: typePattern,
      description: 'What the condition is about, in CamelCase, e.g. "Ready"; one entry per type.',
    }),
    status: z
      .enum(['True', 'False', 'Unknown'])
      .describe('Whether the condition holds: True, False or Unknown.'),
    reason: z.string().min(1).max(1024).meta({
      pattern: reasonPattern,
      description: 'Why the status is what it is, as one CamelCase word for programs.',
    }),
    message: z
      .string()
      .max(32_768)
      .describe('Why the status is what it is, as a sentence for people; at most 32,768 characters.'),
    observedGeneration: int64('The generation of the object that was looked at. None when not recorded.')
      .min(0)
      .optional(),
    lastTransitionTime: time('When the status last changed, RFC 3339 in UTC.'),
  })
  .describe('One aspect of the state of the object.');

/** The conditions of an object, one per type. */
export const conditions = z
  .array(condition as z.ZodType<Condition, Condition>)
  .meta({
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['type'],
    description: 'What is true of the object at present, one entry per type.',
  })
  .optional();

/** The last refresh token that was handled. */
export const lastHandledRefresh = z
  .string()
  .describe(
    'The value of the annotation kargo.akuity.io/refresh that was handled last. None before the first refresh.',
  )
  .optional();

/** The generation that the status describes. */
export const observedGeneration = int64(
  'The generation of the object that this status describes. None before the first pass.',
).optional();
