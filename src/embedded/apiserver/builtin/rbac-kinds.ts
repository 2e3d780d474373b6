import type { JsonObject, JsonValue } from '../../../base/index.ts';
import { listAt, objectAt, textAt, textsAt } from '../json-path.ts';
import type { Resource } from '../resource.ts';
import type { FieldProblem } from '../status.ts';

type Defaults = NonNullable<Resource['defaults']>;
type Validate = NonNullable<Resource['validate']>;

const group = 'rbac.authorization.k8s.io';

const required = (field: string, why: string): FieldProblem => ({
  field,
  reason: 'FieldValueRequired',
  message: why === '' ? 'Required value' : `Required value: ${why}`,
});
const unsupported = (field: string, given: string, values: readonly string[]): FieldProblem => ({
  field,
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: "${given}": supported values: ${values.map((value) => `"${value}"`).join(', ')}`,
});

/** Every rule names verbs, and either resources with their groups or paths; a Role has no paths. */
export const validateRole =
  (namespaced: boolean): Validate =>
  (object) =>
    listAt(object, 'rules').flatMap((rule, index) => ruleProblems(rule, `rules[${index}]`, namespaced));

function ruleProblems(rule: JsonValue, field: string, namespaced: boolean): FieldProblem[] {
  const isEmpty = (member: string): boolean => textsAt(rule, member).length === 0;
  const problems = isEmpty('verbs')
    ? [required(`${field}.verbs`, 'verbs must contain at least one value')]
    : [];
  if (!isEmpty('nonResourceURLs')) {
    const onResources = ['apiGroups', 'resources', 'resourceNames'].some((member) => !isEmpty(member));
    const rules = [
      ...(namespaced ? ['namespaced rules cannot apply to non-resource URLs'] : []),
      ...(onResources ? ['rules cannot apply to both regular resources and non-resource URLs'] : []),
    ];
    const value = JSON.stringify(textsAt(rule, 'nonResourceURLs'));
    const wrong = rules.map((text) => ({
      field: `${field}.nonResourceURLs`,
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${value}: ${text}`,
    }));
    return [...problems, ...wrong];
  }
  if (isEmpty('apiGroups')) {
    problems.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (isEmpty('resources')) {
    problems.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
  }
  return problems;
}

/** Role and subjects are of the usual group unless the binding says otherwise. */
export const completeBinding: Defaults = (object) => {
  const subjects = listAt(object, 'subjects').map((subject): JsonValue => {
    const kind = textAt(subject, 'kind');
    const isPerson = kind === 'User' || kind === 'Group';
    const isNamed = (textAt(subject, 'apiGroup') ?? '') !== '';
    return isPerson && !isNamed ? { ...objectAt(subject), apiGroup: group } : subject;
  });
  const given = objectAt(object, 'roleRef');
  const roleRef = (textAt(given, 'apiGroup') ?? '') === '' ? { ...given, apiGroup: group } : given;
  return { ...object, roleRef, ...(subjects.length === 0 ? {} : { subjects }) };
};

/** A binding names a role and subjects of known kinds; what it grants never changes. */
export const validateBinding =
  (namespaced: boolean): Validate =>
  (object, old) => {
    const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
    const kind = textAt(object, 'roleRef', 'kind') ?? '';
    const apiGroup = textAt(object, 'roleRef', 'apiGroup') ?? '';
    const problems = [
      ...(apiGroup === group ? [] : [unsupported('roleRef.apiGroup', apiGroup, [group])]),
      ...(kinds.includes(kind) ? [] : [unsupported('roleRef.kind', kind, kinds)]),
      ...((textAt(object, 'roleRef', 'name') ?? '') === '' ? [required('roleRef.name', '')] : []),
      ...listAt(object, 'subjects').flatMap((subject, index) =>
        subjectProblems(subject, `subjects[${index}]`, namespaced),
      ),
    ];
    if (old === undefined || isSameRole(objectAt(old, 'roleRef'), objectAt(object, 'roleRef'))) {
      return problems;
    }
    const value = JSON.stringify(object['roleRef']);
    const message = `Invalid value: ${value}: cannot change roleRef`;
    return [...problems, { field: 'roleRef', reason: 'FieldValueInvalid', message }];
  };

const isSameRole = (a: JsonObject, b: JsonObject): boolean =>
  ['apiGroup', 'kind', 'name'].every((member) => a[member] === b[member]);

function subjectProblems(subject: JsonValue, field: string, namespaced: boolean): FieldProblem[] {
  const at = (member: string): string => textAt(subject, member) ?? '';
  const problems = at('name') === '' ? [required(`${field}.name`, '')] : [];
  const kind = at('kind');
  if (kind === 'ServiceAccount') {
    if (at('apiGroup') !== '') problems.push(unsupported(`${field}.apiGroup`, at('apiGroup'), ['']));
    if (!namespaced && at('namespace') === '') problems.push(required(`${field}.namespace`, ''));
    return problems;
  }
  if (kind === 'User' || kind === 'Group') {
    return at('apiGroup') === group
      ? problems
      : [...problems, unsupported(`${field}.apiGroup`, at('apiGroup'), [group])];
  }
  return [...problems, unsupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group'])];
}
