import { type SubjectAccessReview, subjectAccessReviews } from '../api/core/index.ts';
import type { KubeAccess } from '../ports/index.ts';
import type { Rest } from './http/rest.ts';

/** Asks by SubjectAccessReview; the question has user and groups alone, as Kargo's has, so that roles answer alike. */
export function createAccess(rest: Rest): KubeAccess {
  return {
    async isAllowed({ username, groups, verb, type, key }, signal) {
      const place = key.namespace === undefined ? {} : { namespace: key.namespace };
      const spec: SubjectAccessReview['spec'] = {
        user: username,
        groups,
        resourceAttributes: { verb, group: type.group, resource: type.plural, name: key.name, ...place },
      };
      const { status } = await rest.review(subjectAccessReviews, { spec }, signal);
      return status?.allowed === true;
    },
  };
}
