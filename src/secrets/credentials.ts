import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { describeError } from '../base/index.ts';
import { parseImageName, sanitizeUrl } from '../domain/index.ts';
import type {
  Clock,
  Credential,
  CredentialCandidate,
  CredentialDesk,
  CredentialExplanation,
  CredentialLevel,
  CredentialRequest,
  CredentialUse,
} from '../ports/index.ts';
import { normalizeFor } from './match.ts';
import { redactUrl } from './redact.ts';
import { isSame } from './token-cache.ts';
import type { Candidate, Level, Material, Wanted } from './types.ts';

/** How credentials are found. */
export interface DeskOptions {
  /** May credentials be sent to "http://" URLs? No unless told. */
  readonly allowOverHttp?: boolean;
}

/** What the search works with. */
export interface DeskDeps {
  readonly clock: Clock;
  /** In the order in which they are tried. */
  readonly levels: readonly Level[];
  /** The level of sources that subscriptions name; it alone counts where one is named. */
  readonly subscriptions: Level;
  /** Brings up to date what others read beside credentials; called at each search. */
  prepare?(signal: AbortSignal): Promise<unknown>;
  /** What is wrong with the configuration as a whole, for explanations. */
  warnings?(): readonly string[];
  /** Told of each search. */
  onUse?(source: CredentialLevel | 'none', use: CredentialUse): void;
}

const maxUses = 10_000;
/** How long before the end of a credential that nobody renews people are told. */
const noticeMs = 7 * 24 * 3_600_000;

/** Finds credentials level by level: the first candidate that matches is the one, whatever comes of it. */
export function createCredentialDesk(deps: DeskDeps, options: DeskOptions = {}): CredentialDesk {
  const { clock } = deps;
  const uses = new LRUCache<string, CredentialUse>({ max: maxUses });
  const revisionKey = randomBytes(32);

  const isForbidden = ({ repoURL }: CredentialRequest): boolean =>
    options.allowOverHttp !== true && /^http:\/\//i.test(sanitizeUrl(repoURL));
  const levelsFor = ({ source }: CredentialRequest): readonly Level[] =>
    source === undefined ? deps.levels : [deps.subscriptions];

  async function choose(request: CredentialRequest, signal: AbortSignal): Promise<Candidate | undefined> {
    if (isForbidden(request)) return undefined;
    const wanted = toWanted(request);
    for (const level of levelsFor(request)) {
      const candidates = await level.look(wanted, false, signal);
      const found = candidates.find(({ matches }) => matches);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  function record(request: CredentialRequest, source: CredentialLevel | 'none', use: CredentialUse): void {
    uses.set(keyOf(request), use);
    deps.onUse?.(source, use);
  }

  function toCredential(identity: string, material: Material): Credential {
    const { warnings: _warnings, keptForMs: _kept, via: _via, isToken, ...values } = material;
    return {
      identity,
      ...values,
      ...(isToken === true ? {} : { revision: revisionOf(revisionKey, values) }),
    };
  }

  async function resolve(
    request: CredentialRequest,
    candidate: Candidate,
    signal: AbortSignal,
  ): Promise<Credential> {
    const { identity, level } = candidate;
    const atMs = clock.nowMs();
    try {
      if (candidate.problem !== undefined) throw candidate.problem;
      const material = await candidate.resolve(request.refused, signal);
      const outcome =
        request.refused !== undefined && isSame(request.refused, material) ? 'refused' : 'found';
      record(request, level, {
        identity,
        outcome,
        atMs,
        ...factsOf(material),
        warnings: warningsOf(material, atMs),
      });
      return toCredential(identity, material);
    } catch (error) {
      if (!signal.aborted) {
        record(request, level, { identity, outcome: 'failed', atMs, warnings: [describeError(error)] });
      }
      throw error;
    }
  }

  return {
    async find(request, signal) {
      // What fails here fails again, with its name, where it is needed for the search itself.
      await deps.prepare?.(signal).catch(() => signal.throwIfAborted());
      const candidate = await choose(request, signal);
      if (candidate !== undefined) return resolve(request, candidate, signal);
      const outcome = request.refused === undefined ? 'found' : 'refused';
      record(request, 'none', { identity: undefined, outcome, atMs: clock.nowMs(), warnings: [] });
      return undefined;
    },
    lastUse: (request) => uses.get(keyOf(request)),
    async explain(request, signal) {
      const wanted = toWanted(request);
      const warnings: string[] = [];
      const all: Candidate[] = [];
      if (isForbidden(request)) {
        warnings.push(
          'credentials are not sent to http:// addresses unless ALLOW_CREDENTIALS_OVER_HTTP is true',
        );
      } else {
        for (const level of levelsFor(request)) all.push(...(await level.look(wanted, true, signal)));
      }
      return explainWith(
        request,
        wanted,
        all,
        [...warnings, ...(deps.warnings?.() ?? [])],
        uses.get(keyOf(request)),
      );
    },
  };
}

/** The forms of an address that sources compare. */
export function toWanted({ project, kind, repoURL, source }: CredentialRequest): Wanted {
  const normalURL = normalizeFor(kind, repoURL);
  const isOci = kind === 'image' || /^oci:\/\//i.test(sanitizeUrl(repoURL));
  const name = isOci ? parseImageName(normalURL) : undefined;
  const place = name === undefined ? undefined : `${name.registry}/${name.repository}`;
  return { project, kind, repoURL, normalURL, place, source };
}

function keyOf({ project, kind, repoURL, source }: CredentialRequest): string {
  return [project, kind, normalizeFor(kind, repoURL), source ?? ''].join('\n');
}

/** Tells two values of one source apart and nothing else: the key lives as long as this process. */
function revisionOf(key: Uint8Array, values: Material): string {
  const { username, password, identityToken, bearerToken, sshPrivateKey } = values;
  const text = JSON.stringify([username, password, identityToken, bearerToken, sshPrivateKey]);
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, 16);
}

function factsOf({ expiresAtMs, via }: Material): Pick<CredentialUse, 'expiresAtMs' | 'via'> {
  return {
    ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
    ...(via === undefined ? {} : { via }),
  };
}

function warningsOf(material: Material, nowMs: number): readonly string[] {
  const { expiresAtMs, isToken } = material;
  const own = material.warnings ?? [];
  if (expiresAtMs === undefined || isToken === true || expiresAtMs - nowMs > noticeMs) return own;
  const day = new Date(expiresAtMs).toISOString().slice(0, 16);
  return [...own, `it ${expiresAtMs <= nowMs ? 'ended' : 'ends'} at ${day}Z and nobody renews it by itself`];
}

function explainWith(
  request: CredentialRequest,
  wanted: Wanted,
  all: readonly Candidate[],
  warnings: readonly string[],
  lastUse: CredentialUse | undefined,
): CredentialExplanation {
  const chosen = all.find(({ matches }) => matches);
  const candidates = all.map((candidate): CredentialCandidate => {
    const { level, identity, reason, problem } = candidate;
    if (!candidate.matches) return { level, identity, verdict: 'does not match', reason };
    if (candidate !== chosen) {
      return { level, identity, verdict: 'matches, but an earlier one is used', reason };
    }
    if (problem !== undefined) {
      return { level, identity, verdict: 'cannot be used', reason: problem.message };
    }
    return { level, identity, verdict: 'chosen', reason };
  });
  return {
    request: { project: request.project, kind: request.kind, repoURL: redactUrl(request.repoURL) },
    normalURL: redactUrl(wanted.normalURL),
    candidates,
    chosen: chosen?.problem === undefined ? chosen?.identity : undefined,
    lastUse,
    warnings,
  };
}
