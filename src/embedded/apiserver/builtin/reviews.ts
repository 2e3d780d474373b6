import type { JsonObject, JsonValue } from '../../../base/index.ts';
import type { Attributes, Rule } from '../auth/index.ts';
import { textAt, textsAt, valueAt } from '../json-path.ts';
import type { ReviewFacts, User } from '../resource.ts';
import { badRequest, type FieldProblem, invalid } from '../status.ts';

const authorization = 'authorization.k8s.io';

/** May the current user do something? */
export function reviewOwnAccess(object: JsonObject, facts: ReviewFacts): JsonObject {
  return decided(object, facts, attributesIn(object, facts.user));
}

/** May some user do something? */
export function reviewAccess(object: JsonObject, facts: ReviewFacts): JsonObject {
  return decided(object, facts, attributesIn(object, subjectOf(object)));
}

/** May some user do something in the review's namespace? */
export function reviewLocalAccess(object: JsonObject, facts: ReviewFacts): JsonObject {
  const given = textAt(object, 'spec', 'resourceAttributes', 'namespace') ?? '';
  if (valueAt(object, 'spec', 'nonResourceAttributes') !== undefined) {
    throw refusal('spec.nonResourceAttributes', 'disallowed on this kind of request');
  }
  if (given !== facts.namespace) {
    throw refusal(
      'spec.resourceAttributes.namespace',
      'must match metadata.namespace',
      JSON.stringify(given),
    );
  }
  return decided(object, facts, attributesIn(object, subjectOf(object)));
}

function decided(object: JsonObject, facts: ReviewFacts, attributes: Attributes): JsonObject {
  const { isAllowed, reason } = facts.authorizer.decide(attributes);
  return { ...object, status: { allowed: isAllowed, ...(reason === '' ? {} : { reason }) } };
}

function subjectOf(object: JsonObject): User {
  const username = textAt(object, 'spec', 'user') ?? '';
  const groups = textsAt(object, 'spec', 'groups');
  if (username === '' && groups.length === 0) {
    throw refusal('spec.user', 'at least one of user or group must be specified', '""');
  }
  return { username, groups };
}

function attributesIn(object: JsonObject, user: User): Attributes {
  const resource = valueAt(object, 'spec', 'resourceAttributes');
  const path = valueAt(object, 'spec', 'nonResourceAttributes');
  if ((resource === undefined) === (path === undefined)) {
    const text = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    throw refusal(resource === undefined ? 'spec.resourceAttributes' : 'spec.nonResourceAttributes', text);
  }
  const at = (value: JsonValue | undefined, name: string): string => textAt(value, name) ?? '';
  if (path !== undefined) return { kind: 'path', user, verb: at(path, 'verb'), path: at(path, 'path') };
  return {
    kind: 'resource',
    user,
    verb: at(resource, 'verb'),
    group: at(resource, 'group'),
    resource: at(resource, 'resource'),
    subresource: at(resource, 'subresource'),
    namespace: at(resource, 'namespace'),
    name: at(resource, 'name'),
  };
}

/** The genuine server names no kind here. */
function refusal(field: string, text: string, value = 'null'): Error {
  const problem: FieldProblem = {
    field,
    reason: 'FieldValueInvalid',
    message: `Invalid value: ${value}: ${text}`,
  };
  return invalid({ group: authorization, kind: '' }, '', [problem]);
}

/** What the current user may do in a namespace. */
export function reviewRules(object: JsonObject, facts: ReviewFacts): JsonObject {
  const namespace = textAt(object, 'spec', 'namespace') ?? '';
  if (namespace === '') throw badRequest('no namespace on request');
  const rules = facts.authorizer.rulesOf(facts.user, namespace);
  const onResources = rules.filter((rule) => rule.resources.length > 0);
  return {
    ...object,
    status: {
      resourceRules: onResources.map(toResourceRule),
      nonResourceRules: rules
        .filter((rule) => rule.paths.length > 0)
        .map(({ verbs, paths }) => ({ verbs, nonResourceURLs: paths })),
      incomplete: false,
    },
  };
}

function toResourceRule({ verbs, groups, resources, names }: Rule): JsonObject {
  return { verbs, apiGroups: groups, resources, ...(names.length === 0 ? {} : { resourceNames: names }) };
}

const showUser = ({ username, uid, groups, extra }: User): JsonObject => ({
  username,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra: { ...extra } }),
});

/** Who the user is. */
export function reviewSelf(object: JsonObject, { user }: ReviewFacts): JsonObject {
  return { ...object, status: { userInfo: showUser(user) } };
}

/** Whose is a token? */
export function reviewToken(object: JsonObject, facts: ReviewFacts): JsonObject {
  const audiences = textsAt(object, 'spec', 'audiences');
  const wanted = audiences.length === 0 ? [facts.audience] : audiences;
  const user = facts.userOfToken(textAt(object, 'spec', 'token') ?? '', wanted);
  const status =
    user === undefined
      ? { user: {}, error: 'invalid bearer token' }
      : { authenticated: true, user: showUser(user), audiences: wanted };
  return { ...object, status };
}
