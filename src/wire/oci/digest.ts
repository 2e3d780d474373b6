import { createHash } from 'node:crypto';

/** A checked content digest: algorithm and lower-case hex value, e.g. "sha256:…" with 64 digits. */
export type Digest = string & { readonly [brand]: true };

declare const brand: unique symbol;

/** Computes the digest of bytes that arrive in pieces. */
export interface Digester {
  update(chunk: Uint8Array): void;
  /** Ends the computation; call it once. */
  digest(): Digest;
}

const digestForm = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;

/** The digest that a text spells, or `undefined`; SHA-256 and SHA-512 only. */
export function parseDigest(text: string): Digest | undefined {
  return digestForm.test(text) ? (text as Digest) : undefined;
}

/** A digester for the algorithm of `like`, or for SHA-256. */
export function createDigester(like?: Digest): Digester {
  const algorithm = like?.startsWith('sha512:') === true ? 'sha512' : 'sha256';
  const hash = createHash(algorithm);
  return {
    update(chunk) {
      hash.update(chunk);
    },
    digest: () => `${algorithm}:${hash.digest('hex')}` as Digest,
  };
}

/** The digest of whole content, with the algorithm of `like` or SHA-256. */
export function digestOf(content: Uint8Array, like?: Digest): Digest {
  const digester = createDigester(like);
  digester.update(content);
  return digester.digest();
}
