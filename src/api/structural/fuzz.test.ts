import { expect, test } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import type { JsonValue } from '../../base/index.ts';
import { kargoKinds } from '../v1alpha1/index.ts';
import { compileStructural } from './compile.ts';
import { structuralSchemaOf } from './crd.ts';
import type { StructuralSchema } from './schema.ts';

/** Values that often fit the schema and often do not. */
function near(schema: StructuralSchema, depth: number): fc.Arbitrary<JsonValue> {
  const anything = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>;
  if (depth === 0) return anything;
  const { properties, items, additionalProperties: rest, enum: values } = schema;
  const fitting: fc.Arbitrary<JsonValue> =
    values !== undefined
      ? fc.constantFrom(...values)
      : items !== undefined
        ? fc.array(near(items, depth - 1), { maxLength: 3 })
        : properties !== undefined
          ? fc.record(
              Object.fromEntries(
                Object.entries(properties).map(([name, child]) => [name, near(child, depth - 1)]),
              ),
              { requiredKeys: [] },
            )
          : typeof rest === 'object'
            ? fc.dictionary(fc.string(), near(rest, depth - 1), { maxKeys: 3 })
            : schema.type === 'integer'
              ? fc.integer()
              : fc.string();
  return fc.oneof({ weight: 9, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

test.each(kargoKinds.map((kind) => ({ kind, name: kind.kind })))(
  'takes any value for a $name',
  ({ kind }) => {
    const schema = compileStructural(structuralSchemaOf(kind));
    fc.assert(
      fc.property(near(schema.schema, 5), near(schema.schema, 3), (value, old) => {
        const pruned = schema.prune(value).value;
        expect(schema.prune(pruned)).toEqual({ value: pruned, prunedPaths: [] });
        const filled = schema.applyDefaults(pruned);
        expect(schema.applyDefaults(filled)).toEqual(filled);
        const problems = [...schema.validate(filled), ...schema.evaluateRules(filled, old)];
        for (const item of problems) expect(item.message).not.toContain('\n');
      }),
      { numRuns: 20 },
    );
  },
);
