import * as z from 'zod';
import { type Immutable, text, textMap } from './fields.ts';

const requirement = z
  .object({
    key: text('The label.'),
    operator: text('How it is compared: In, NotIn, Exists or DoesNotExist.'),
    values: z
      .array(z.string())
      .meta({
        'x-kubernetes-list-type': 'atomic',
        description: 'The values for In and NotIn; none for the others.',
      })
      .optional(),
  })
  .describe('One requirement on a label.');

const labelMembers = {
  matchLabels: textMap('Labels and the values they must have. None by default.').optional(),
  matchExpressions: z
    .array(requirement)
    .meta({
      'x-kubernetes-list-type': 'atomic',
      description: 'Requirements on labels; all must hold. None by default.',
    })
    .optional(),
};

/** Selects objects by label. */
export function labelSelector(description: string) {
  return z.object(labelMembers).meta({ 'x-kubernetes-map-type': 'atomic', description });
}

/** Selects objects by name pattern and label; both must hold. */
export function nameAndLabelSelector(description: string) {
  return z
    .object({
      name: text(
        'An exact name, or a pattern: "glob:…", "regex:…" or "regexp:…". None by default.',
      ).optional(),
      ...labelMembers,
    })
    .meta({ 'x-kubernetes-map-type': 'atomic', description });
}

/** Names a Secret or another object in the same namespace. */
export function localReference(description: string) {
  return z
    .object({ name: z.string().default('').describe('The name of the object. Empty by default.') })
    .meta({ 'x-kubernetes-map-type': 'atomic', description });
}

/** Selects objects by label. */
export type LabelSelector = Immutable<z.infer<ReturnType<typeof labelSelector>>>;
/** Selects objects by name pattern and label. */
export type NameAndLabelSelector = Immutable<z.infer<ReturnType<typeof nameAndLabelSelector>>>;
