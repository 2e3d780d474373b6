import { LRUCache } from 'lru-cache';
import type { SigningKey } from '../../ports/index.ts';
import { createOpenPgpSigner } from './openpgp.ts';
import { createSshSigner } from './ssh.ts';
import type { Signer } from './types.ts';

/** Keys that stay parsed. */
const maxSigners = 64;

/** Loads private keys; a key is parsed once, and the library that its kind needs is loaded with the first one. */
export class Signers {
  readonly #signers = new LRUCache<string, Promise<Signer>>({ max: maxSigners });

  /** The signer of a key. Errors: git.signing-key-unusable. */
  async load(key: SigningKey): Promise<Signer> {
    const name = `${key.passphrase ?? ''}\n${key.privateKey}`;
    const known = this.#signers.get(name);
    if (known !== undefined) return known;
    const loading = createSigner(key);
    this.#signers.set(name, loading);
    loading.catch(() => this.#signers.delete(name));
    return loading;
  }
}

function createSigner(key: SigningKey): Promise<Signer> {
  const isOpenPgp = key.privateKey.includes('-----BEGIN PGP ');
  return isOpenPgp ? createOpenPgpSigner(key) : createSshSigner(key);
}
