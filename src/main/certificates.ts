import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** A certificate authority of this machine, for servers on it only. */
export interface LocalAuthority {
  /** PEM. */
  readonly certPem: string;
  /** A server certificate for these names, signed by the authority. */
  issue(names: readonly string[]): Promise<Certificate>;
}

/** A certificate with its key, PEM. */
export interface Certificate {
  readonly certPem: string;
  readonly keyPem: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const dayMs = 24 * 60 * 60 * 1000;
const usage = ['sign', 'verify'] as const;
const maxServerDays = 365;

/** Makes an authority that is valid for `days` from `nowMs` on; its key never leaves the process. */
export async function createLocalAuthority(nowMs: number, days = 30): Promise<LocalAuthority> {
  return openLocalAuthority(await createAuthorityCertificate(nowMs, days), nowMs);
}

/** Makes the certificate and the key of an authority, to be kept for `openLocalAuthority`. */
export async function createAuthorityCertificate(nowMs: number, days: number): Promise<Certificate> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, [...usage]);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: 'CN=Gantry local authority',
    notBefore: new Date(nowMs - dayMs),
    notAfter: new Date(nowMs + days * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certPem: authority.toString('pem'), keyPem: await exportKey(keys.privateKey) };
}

/** The authority of a certificate that was kept; what it issues from `nowMs` on is valid for a year at most. */
export async function openLocalAuthority(
  { certPem, keyPem }: Certificate,
  nowMs: number,
): Promise<LocalAuthority> {
  x509.cryptoProvider.set(webcrypto);
  const authority = new x509.X509Certificate(certPem);
  const signingKey = await importKey(keyPem);
  const notAfter = new Date(Math.min(authority.notAfter.getTime(), nowMs + maxServerDays * dayMs));
  return {
    certPem,
    async issue(names) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, [...usage]);
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: `CN=${names[0] ?? 'localhost'}`,
        issuer: authority.subject,
        notBefore: new Date(nowMs - dayMs),
        notAfter,
        publicKey: own.publicKey,
        signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new x509.BasicConstraintsExtension(false),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            names.map((name) => ({ type: /^[\d.]+$/.test(name) ? 'ip' : 'dns', value: name })),
          ),
        ],
      });
      return { certPem: certificate.toString('pem'), keyPem: await exportKey(own.privateKey) };
    },
  };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  const body = (pkcs8.match(/.{1,64}/g) ?? []).join('\n');
  return `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
}

function serial(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(8)))
    .toString('hex')
    .replace(/^[89a-f]/, '1');
}
