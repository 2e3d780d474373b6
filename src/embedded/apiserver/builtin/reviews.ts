import type { JsonObject } from '../../../base/index.ts';
import { objectAt } from '../json-path.ts';
import type { User } from '../resource.ts';

/** Every authenticated user may do everything: the server has one user and no authorization rules. */
export function reviewAccess(object: JsonObject): JsonObject {
  return { ...object, status: { allowed: true, reason: 'every authenticated user is allowed' } };
}

/** What the user may do: everything. */
export function reviewRules(object: JsonObject): JsonObject {
  return {
    ...object,
    status: {
      resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
      incomplete: false,
    },
  };
}

/** Who the user is. */
export function reviewSelf(object: JsonObject, user: User): JsonObject {
  return { ...objectAt(object), status: { userInfo: { username: user.username, groups: user.groups } } };
}
