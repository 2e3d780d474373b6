/** RE2 pattern of git URLs: ssh and http(s) URLs, and the short form "user@host:path". */
export const gitUrlPattern =
  '(?:^(ssh|https?)://(?:([\\w-]+)(:(.+))?@)?([\\w-]+(?:\\.[\\w-]+)*)(?::(\\d{1,5}))?(/.*)$)|(?:^([\\w-]+)@([\\w+]+(?:\\.[\\w-]+)*):(/?.*))';
/** RE2 pattern of image repositories: no scheme, no tag. */
export const imageRepositoryPattern =
  '^(\\w+([\\.-]\\w+)*(:[\\d]+)?/)?(\\w+([\\.-]\\w+)*)(/\\w+([\\.-]\\w+)*)*$';
/** RE2 pattern of chart repositories: http, https or oci URLs. */
export const chartRepositoryPattern = '^(((https?)|(oci))://)([\\w\\d\\.\\-]+)(:[\\d]+)?(/.*)*$';
/** RE2 pattern of branch names. */
export const branchPattern = '^[a-zA-Z0-9]([a-zA-Z0-9._\\/-]*[a-zA-Z0-9_-])?$';
/** RE2 pattern of subscription names: a DNS-1123 label. */
export const subscriptionNamePattern = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
