/**
 * Where the REST API of a GitHub host is: of github.com, of a host with data residency ("corp.ghe.com"), or of an
 * Enterprise server. Without a final slash.
 *
 * Shape: `host` with its port, e.g. "github.corp.example:8443".
 * Source: GitHub's public documentation.
 */
export function githubApiUrl(scheme: 'http' | 'https', host: string): string {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (name === 'github.com' || name === 'www.github.com') return 'https://api.github.com';
  return name.endsWith('.ghe.com') ? `https://api.${host}` : `${scheme}://${host}/api/v3`;
}
