import * as z from 'zod';
import type { JsonObject } from '../../base/index.ts';
import type { CustomResourceDefinition } from '../core/index.ts';
import type { ResourceType } from '../meta/index.ts';
import { toStructuralSchema } from './convert.ts';
import type { KindDefinition } from './kind.ts';
import type { StructuralSchema } from './schema.ts';

/** The structural schema of whole objects of a kind: its members beside `apiVersion`, `kind` and `metadata`. */
export function structuralSchemaOf(kind: KindDefinition): StructuralSchema {
  const whole = z
    .object({
      apiVersion: z.string().describe('The version of the schema that the object follows.').optional(),
      kind: z.string().describe('The kind of the object.').optional(),
      // An API server describes it itself and refuses any other word about it.
      metadata: z.object({}).optional(),
      ...kind.members.shape,
    })
    .describe(kind.description);
  return toStructuralSchema(whole);
}

/**
 * The CustomResourceDefinition of a kind.
 *
 * Errors: structural.impossible.
 */
export function toCustomResourceDefinition(kind: KindDefinition): CustomResourceDefinition {
  const singular = kind.kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        ...(kind.shortNames.length === 0 ? {} : { shortNames: kind.shortNames }),
        singular,
      },
      scope: kind.scope,
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          subresources: kind.hasStatus ? { status: {} } : {},
          additionalPrinterColumns: kind.printerColumns.map((column) => ({ ...column })),
          // A structural schema is JSON; the interface only lacks the index signature.
          schema: { openAPIV3Schema: structuralSchemaOf(kind) as unknown as JsonObject },
        },
      ],
    },
  };
}

/** The resource type of a kind. */
export function resourceTypeOf(kind: KindDefinition): ResourceType {
  const { group, version, kind: name, plural, scope } = kind;
  return { group, version, kind: name, plural, namespaced: scope === 'Namespaced' };
}
