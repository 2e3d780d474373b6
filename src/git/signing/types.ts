/** Signs with one private key, and recognizes what was signed with it. */
export interface Signer {
  readonly kind: 'openpgp' | 'ssh';
  /** Of the public key, as gpg and ssh-keygen show it. */
  readonly fingerprint: string;
  /**
   * An armored, detached signature that ends in a newline. With most kinds of keys the same input gives the same
   * signature.
   */
  sign(payload: Uint8Array, timeSec: number): Promise<string>;
  /** Was this signature made with this key for these bytes? Never throws for what somebody else wrote. */
  verify(payload: Uint8Array, signature: string): Promise<boolean>;
}
