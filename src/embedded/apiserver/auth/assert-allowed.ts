import { failure, qualified } from '../status.ts';
import type { Attributes, Authorizer, ResourceAttributes } from './attributes.ts';

/** Refuses with a 403 Status what the authorizer does not allow. */
export function assertAllowed(authorizer: Authorizer, attributes: Attributes): void {
  const { isAllowed, reason } = authorizer.decide(attributes);
  if (isAllowed) return;
  const why = reason === '' ? refusalOf(attributes) : `${refusalOf(attributes)}: ${reason}`;
  if (attributes.kind === 'path') throw failure(403, 'Forbidden', `forbidden: ${why}`, { details: {} });
  const { group, resource, name } = attributes;
  const what = qualified(resource, group) + (name === '' ? '' : ` ${JSON.stringify(name)}`);
  const details = {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    kind: resource,
  };
  throw failure(403, 'Forbidden', `${what} is forbidden: ${why}`, { details });
}

function refusalOf(attributes: Attributes): string {
  const user = `User ${JSON.stringify(attributes.user.username)} cannot ${attributes.verb}`;
  if (attributes.kind === 'path') return `${user} path ${JSON.stringify(attributes.path)}`;
  return `${user} resource ${showResource(attributes)} ${showScope(attributes)}`;
}

function showResource({ resource, subresource, group }: ResourceAttributes): string {
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  return `${JSON.stringify(full)} in API group ${JSON.stringify(group)}`;
}

function showScope({ namespace }: ResourceAttributes): string {
  return namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
}
