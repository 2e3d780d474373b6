import { encodeAdvertisement, encodeV2Advertisement, type GitService } from '../../wire/git/index.ts';
import { receiveCapabilities } from './receive-pack.ts';
import type { Repository } from './repository.ts';
import { v0Capabilities, v2Capabilities } from './upload-pack.ts';

/** What a service says first; `isHttp` puts the line of smart HTTP before it. */
export function encodeWelcome(
  repository: Repository,
  service: GitService,
  { isV2, isHttp }: { readonly isV2: boolean; readonly isHttp: boolean },
): Buffer {
  const introduction = isHttp ? service : undefined;
  if (service === 'git-receive-pack') {
    // For pushing, references are listed without HEAD and without what tags peel to.
    const refs = repository.refs.list().map(([name, id]) => ({ name, id }));
    return encodeAdvertisement(introduction, refs, receiveCapabilities);
  }
  if (isV2) return encodeV2Advertisement(introduction, v2Capabilities);
  const symref = `symref=HEAD:${repository.head}`;
  return encodeAdvertisement(introduction, repository.listRefs(), [...v0Capabilities, symref]);
}
