/**
 * Who makes a request and what they may do: tokens, client certificates, ServiceAccount tokens, impersonation, roles.
 * It reads the store and writes only the first roles. Start reading at `authenticate.ts` and `rbac.ts`.
 */
export { assertAllowed } from './assert-allowed.ts';
export {
  type Attributes,
  type Authorizer,
  allowAll,
  attributesOf,
  attributesOfPlace,
  type Rule,
} from './attributes.ts';
export { type Authentication, authenticate, type TokenUser, userOfToken } from './authenticate.ts';
export { assertBindingWithin, assertRoleWithin } from './escalation.ts';
export { createFirstRoles } from './first-roles.ts';
export { createRbacAuthorizer } from './rbac.ts';
export {
  createServiceAccountTokens,
  generateTokenKey,
  type ServiceAccountTokens,
} from './service-account-tokens.ts';
export { issueToken } from './token-request.ts';
