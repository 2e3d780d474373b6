import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { githubAppErrors } from './errors.ts';

/** A GitHub App as a Secret names it. */
export interface GitHubApp {
  /** Client ID ("Iv23li…") or the older numeric App ID. */
  readonly issuer: string;
  readonly installation: string;
  /** PEM, or base64 of PEM. */
  readonly privateKey: string;
}

/** Tokens that are signed live for ten minutes at most; clocks may differ by a minute. */
const lifetimeSec = 540;
const skewSec = 60;

/**
 * The App that a Secret's values name by Kargo's keys; `undefined` when there is none of the keys.
 *
 * Errors: github-app.incomplete when only some are there.
 */
export function readGitHubApp(read: (key: string) => string | undefined): GitHubApp | undefined {
  const value = (key: string): string => (read(key) ?? '').trim();
  const issuer = value('githubAppClientID') || value('githubAppID');
  const installation = value('githubAppInstallationID');
  const privateKey = value('githubAppPrivateKey');
  const found = {
    githubAppClientID: issuer,
    githubAppInstallationID: installation,
    githubAppPrivateKey: privateKey,
  };
  const missing = Object.entries(found).flatMap(([key, text]) => (text === '' ? [key] : []));
  if (missing.length === Object.keys(found).length) return undefined;
  if (missing.length > 0) throw incomplete(`${missing.join(' and ')} missing`);
  if (!/^\d+$/.test(installation)) throw incomplete('githubAppInstallationID is not a number');
  return { issuer, installation, privateKey };
}

/**
 * What an App shows to be let in: a JSON web token, signed with RS256.
 *
 * Errors: github-app.incomplete when the key cannot be read.
 */
export function signIn(app: GitHubApp, nowMs: number): string {
  const nowSec = Math.floor(nowMs / 1000);
  const claims = { iat: nowSec - skewSec, exp: nowSec + lifetimeSec, iss: app.issuer };
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), readKey(app.privateKey)).toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function readKey(text: string): KeyObject {
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString();
  const key = parseKey(pem);
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw incomplete('githubAppPrivateKey is not an RSA key in PEM');
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    // The reason may quote the key.
    return undefined;
  }
}

function incomplete(why: string): Error {
  return githubAppErrors.create(
    'github-app.incomplete',
    `the Secret of the GitHub App cannot be used: ${why}`,
  );
}
