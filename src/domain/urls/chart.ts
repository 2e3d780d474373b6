import { isParsableUrl } from './go-url.ts';
import { normalizeImageUrl } from './image.ts';
import { sanitizeUrl, toLower } from './sanitize.ts';

/**
 * The normal form of a chart repository's address: lower case, without "oci://", then as for images; the input itself
 * when it cannot be normalized. The address of an HTTP repository changes in case only.
 *
 * Source: Kargo's behavior; Freight names depend on it.
 */
export function normalizeChartUrl(repoURL: string): string {
  const text = sanitizeUrl(repoURL);
  if (!isParsableUrl(text)) return repoURL;
  return normalizeImageUrl(toLower(text).replace(/^oci:\/\//, ''));
}
