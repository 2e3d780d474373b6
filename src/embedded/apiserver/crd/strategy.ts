import { type Condition, setCondition } from '../../../api/meta/index.ts';
import { checkOwnMetadata, readStructuralSchema } from '../../../api/structural/index.ts';
import { equalJson, type JsonObject, type JsonValue } from '../../../base/index.ts';
import { listAt, nameOf, objectAt, textAt, textsAt, valueAt, withMeta, withValue } from '../json-path.ts';
import type { Resource, WriteFacts } from '../resource.ts';
import type { FieldProblem } from '../status.ts';
import { isEstablished, type Naming, resolveNames } from './names.ts';

/** Under this finalizer a definition waits until its objects are gone. */
const crdFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

const completeCrd: NonNullable<Resource['defaults']> = (object) => {
  const names = objectAt(object, 'spec', 'names');
  const kind = textAt(names, 'kind') ?? '';
  const spec = {
    conversion: { strategy: 'None' },
    ...objectAt(object, 'spec'),
    names: { listKind: `${kind}List`, singular: kind.toLowerCase(), ...names },
  };
  return { ...object, spec };
};

const prepareCrd: NonNullable<Resource['prepare']> = (object, old, facts) => {
  if (facts.subresource === 'status') return object;
  const spec = objectAt(object, 'spec');
  const finalizers = textsAt(object, 'metadata', 'finalizers');
  const isDeleting = textAt(object, 'metadata', 'deletionTimestamp') !== undefined;
  const held =
    isDeleting || finalizers.includes(crdFinalizer)
      ? object
      : withMeta(object, { finalizers: [...finalizers, crdFinalizer] });
  return { ...held, status: statusOf(spec, objectAt(old, 'status'), facts) };
};

function statusOf(spec: JsonObject, old: JsonObject, { now, siblings }: WriteFacts): JsonObject {
  const storage = listAt(spec, 'versions').find((version) => valueAt(version, 'storage') === true);
  const stored = textAt(storage, 'name') ?? '';
  const versions = textsAt(old, 'storedVersions');
  let conditions = old['conditions'] as unknown as readonly Condition[] | undefined;
  const { acceptedNames, conflict } = resolveNames(spec, objectAt(old, 'acceptedNames'), siblings());
  const wasEstablished = isEstablished({ status: old });
  conditions = setCondition(conditions, namesCondition(conflict), now);
  conditions = setCondition(conditions, establishedCondition(conflict === undefined, wasEstablished), now);
  return {
    conditions: conditions as unknown as JsonValue,
    acceptedNames,
    storedVersions: versions.includes(stored) ? versions : [...versions, stored],
  };
}

function namesCondition(conflict: Naming['conflict']): Omit<Condition, 'lastTransitionTime'> {
  const type = 'NamesAccepted';
  return conflict === undefined
    ? { type, status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
    : { type, status: 'False', ...conflict };
}

/** What has been served once stays so. */
function establishedCondition(
  isAccepted: boolean,
  wasEstablished: boolean,
): Omit<Condition, 'lastTransitionTime'> {
  const type = 'Established';
  if (!isAccepted && !wasEstablished) {
    return { type, status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  }
  const message = 'the initial names have been accepted';
  return { type, status: 'True', reason: 'InitialNamesAccepted', message };
}

const problem = (field: string, reason: string, message: string): FieldProblem => ({
  field,
  reason,
  message,
});

const validateCrd: NonNullable<Resource['validate']> = (object, old) => {
  const spec = objectAt(object, 'spec');
  const name = nameOf(object);
  const group = textAt(spec, 'group') ?? '';
  const plural = textAt(spec, 'names', 'plural') ?? '';
  const problems: FieldProblem[] = [];
  if (name !== `${plural}.${group}`) {
    const text = `Invalid value: "${name}": must be spec.names.plural+"."+spec.group`;
    problems.push(problem('metadata.name', 'FieldValueInvalid', text));
  }
  const versions = listAt(spec, 'versions');
  if (versions.filter((version) => valueAt(version, 'storage') === true).length !== 1) {
    const text = `Invalid value: ${JSON.stringify(versions.map((version) => textAt(version, 'name')))}: must have exactly one version marked as storage version`;
    problems.push(problem('spec.versions', 'FieldValueInvalid', text));
  }
  const schemas = versions.map((version) => valueAt(version, 'schema', 'openAPIV3Schema'));
  const isShared = schemas[0] !== undefined && schemas.every((schema) => equalJson(schema, schemas[0]));
  for (const [index, version] of versions.entries()) {
    // A schema that all versions share is spoken of as the definition's own, and once.
    if (isShared && index > 0) break;
    const place = isShared ? 'spec.validation' : `spec.versions[${index}].schema`;
    problems.push(...versionProblems(version, `${place}.openAPIV3Schema`));
  }
  if (valueAt(spec, 'conversion', 'strategy') !== 'None') {
    const text = 'Unsupported value: only "None" is supported by this server';
    problems.push(problem('spec.conversion.strategy', 'FieldValueNotSupported', text));
  }
  if (spec['preserveUnknownFields'] === true) {
    const text = 'Invalid value: true: must be false in order to use defaults in the schema';
    problems.push(problem('spec.preserveUnknownFields', 'FieldValueInvalid', text));
  }
  return [...problems, ...changeProblems(spec, old)];
};

function versionProblems(version: JsonValue, field: string): FieldProblem[] {
  const schema = valueAt(version, 'schema', 'openAPIV3Schema');
  if (schema === undefined) return [problem(field, 'FieldValueRequired', 'Required value')];
  const read = readStructuralSchema(schema, field);
  const problems = [...(read.ok ? [] : read.problems), ...checkOwnMetadata(schema, field)];
  if (problems.length > 0) return problems;
  if (textAt(schema, 'type') === 'object') return [];
  const type = textAt(schema, 'type') ?? '';
  return [
    problem(`${field}.type`, 'FieldValueInvalid', `Invalid value: "${type}": must be object at the root`),
  ];
}

function changeProblems(spec: JsonObject, old: JsonObject | undefined): FieldProblem[] {
  if (old === undefined) return [];
  return (
    [
      ['spec.group', ['group']],
      ['spec.scope', ['scope']],
      ['spec.names.kind', ['names', 'kind']],
    ] as const
  )
    .filter(([, path]) => !equalJson(valueAt(old['spec'], ...path), valueAt(spec, ...path)))
    .map(([field, path]) => {
      const value = JSON.stringify(valueAt(spec, ...path));
      return problem(field, 'FieldValueInvalid', `Invalid value: ${value}: field is immutable`);
    });
}

/** How the server completes and checks CustomResourceDefinitions. */
export const crdStrategy = { defaults: completeCrd, prepare: prepareCrd, validate: validateCrd };

/** The finalizers without the definition's own. */
export function withoutCrdFinalizer(object: JsonObject): JsonObject {
  const finalizers = textsAt(object, 'metadata', 'finalizers').filter((name) => name !== crdFinalizer);
  return withValue(object, ['metadata', 'finalizers'], finalizers.length === 0 ? undefined : finalizers);
}
