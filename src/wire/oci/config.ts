import { isJsonObject } from '../../base/index.ts';
import { parseJsonObject, textMapOf, textOf } from './json.ts';

/** What is of interest in an image's configuration. */
export interface ImageConfig {
  /** RFC 3339, as written. */
  readonly created: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly os: string | undefined;
  readonly architecture: string | undefined;
}

/** An image's configuration; `undefined` when the bytes are not a JSON object. */
export function parseImageConfig(bytes: Uint8Array): ImageConfig | undefined {
  const document = parseJsonObject(bytes);
  if (document === undefined) return undefined;
  const inner = document['config'];
  return {
    created: textOf(document, 'created'),
    labels: isJsonObject(inner) ? textMapOf(inner, 'Labels') : {},
    os: textOf(document, 'os'),
    architecture: textOf(document, 'architecture'),
  };
}
