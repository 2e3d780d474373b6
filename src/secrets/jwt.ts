import { isJsonObject } from '../base/index.ts';

/**
 * When a password ends that is a JSON Web Token, milliseconds since the epoch; `undefined` for every other text.
 * The signature is not looked at: the time serves for renewing and warning alone.
 */
export function readJwtExpiryMs(text: string | undefined): number | undefined {
  const parts = text?.split('.') ?? [];
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    const expiry = isJsonObject(claims) ? claims['exp'] : undefined;
    return typeof expiry === 'number' && Number.isFinite(expiry) ? expiry * 1000 : undefined;
  } catch {
    return undefined;
  }
}
