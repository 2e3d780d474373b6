import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { Clock } from '../../../ports/index.ts';
import type { GitServer } from '../../git-server/index.ts';
import type { Account } from '../../http/index.ts';
import type { ForgeUrls } from '../core/front.ts';
import type { Reply } from '../core/reply.ts';
import { formatTime, members, splitName, texts } from '../core/text.ts';
import { problem } from './problem.ts';
import { renderRepository } from './render.ts';

/** A GitHub App that the embedded forge knows. */
export interface EmbeddedApp {
  /** What it may call itself: its client ID, its numeric ID. */
  readonly issuers: readonly string[];
  /** Under which its tokens act, e.g. "gantry[bot]". */
  readonly login: string;
  readonly publicKeyPem: string;
  /** Installation by number: the repositories, "owner/name", that it covers. */
  readonly installations: Readonly<Record<string, readonly string[]>>;
}

/** A request of an App, or with a token of its installation. */
export interface AppRequest {
  readonly method: string;
  /** Without "/api/v3". */
  readonly path: string;
  /** From the Authorization header. */
  readonly bearer: string;
  readonly body: JsonValue | undefined;
  readonly account: Account | undefined;
}

const tokenLifetimeMs = 3_600_000;
const longestLifeSec = 600;
const skewSec = 60;

/** The part of GitHub's API by which Apps get tokens; `undefined` for what is not of that part. */
export function createApps(
  { clock, git }: { readonly clock: Clock; readonly git: GitServer },
  apps: readonly EmbeddedApp[],
  urls: ForgeUrls,
): (request: AppRequest) => Reply | undefined {
  return ({ method, path, bearer, body, account }) => {
    if (method === 'GET' && path === '/installation/repositories') {
      return account?.repositories === undefined ? undefined : listOwn(git, urls, account.repositories);
    }
    const number = /^\/app\/installations\/(?<number>\d+)\/access_tokens$/.exec(path)?.groups?.['number'];
    if (method !== 'POST' || number === undefined) return undefined;
    const found = findApp(apps, bearer, Math.floor(clock.nowMs() / 1000));
    if ('status' in found) return found;
    const covered = Object.hasOwn(found.installations, number) ? found.installations[number] : undefined;
    if (covered === undefined) return problem(404, 'Not Found');
    const asked = members(body)['repositories'];
    const chosen = asked === undefined ? covered : choose(covered, texts(asked));
    if (chosen === undefined) {
      const words =
        'There is at least one repository that does not exist or is not accessible to the parent installation.';
      return problem(422, words);
    }
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    const expiresAtMs = clock.nowMs() + tokenLifetimeMs;
    git.admit({ login: found.login, token, expiresAtMs, repositories: chosen });
    return {
      status: 201,
      body: {
        token,
        expires_at: formatTime(expiresAtMs),
        permissions: { contents: 'write', metadata: 'read', pull_requests: 'write' },
        repository_selection: 'selected',
      },
    };
  };
}

function choose(covered: readonly string[], names: readonly string[]): readonly string[] | undefined {
  const chosen = names.map((name) =>
    covered.find((one) => splitName(one).name.toLowerCase() === name.toLowerCase()),
  );
  const known = chosen.filter((one) => one !== undefined);
  return known.length === names.length ? known : undefined;
}

function listOwn(git: GitServer, urls: ForgeUrls, names: readonly string[]): Reply {
  const repositories: JsonObject[] = names
    .flatMap((name) => git.findRepository(name) ?? [])
    .map((one) => renderRepository(urls, one));
  return { status: 200, body: { total_count: repositories.length, repositories } };
}

/** The App that signed a web token, or why it is not let in. */
function findApp(apps: readonly EmbeddedApp[], token: string, nowSec: number): EmbeddedApp | Reply {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const { alg } = members(decode(head));
  const { iss, iat, exp } = members(decode(claims));
  if (alg !== 'RS256' || signature === '') return problem(401, 'A JSON web token could not be decoded');
  const app = apps.find(({ issuers }) => issuers.includes(String(iss)));
  if (app === undefined) return problem(404, 'Integration not found');
  const key = createPublicKey(app.publicKeyPem);
  const signed = Buffer.from(`${head}.${claims}`);
  if (!verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))) {
    return problem(401, 'A JSON web token could not be decoded');
  }
  if (typeof exp !== 'number' || exp <= nowSec) {
    const words = `'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires.`;
    return problem(401, words);
  }
  if (exp > nowSec + longestLifeSec) {
    return problem(401, `'Expiration time' claim ('exp') is too far in the future`);
  }
  if (typeof iat !== 'number' || iat > nowSec + skewSec) {
    const words = `'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued.`;
    return problem(401, words);
  }
  return app;
}

function decode(part: string): JsonValue | undefined {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url').toString()) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
