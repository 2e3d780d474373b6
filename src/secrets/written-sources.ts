import type { AppError } from '../base/index.ts';
import { credentialsErrors } from './errors.ts';
import { failing } from './failures.ts';
import { blindError, type RegistriesSource } from './registries.ts';
import { findRegistry, type RegistryEntry } from './registries-conf.ts';
import type { SourceReader } from './source-reader.ts';
import { formatSourceRef, parseSourceRef, type SourceRef } from './source-ref.ts';
import { type Candidate, type Level, noMatch, type Wanted } from './types.ts';

/** A program is not asked for ever longer than this, whatever it says. */
const maxLifeMs = 12 * 3_600_000;

/**
 * The source that a subscription names for itself. It lies in the Project's own namespace, which is checked on the parsed
 * source; variables and programs are not for Projects.
 */
export function createSubscriptionLevel(sources: SourceReader): Level {
  return {
    look(wanted) {
      const { source, project } = wanted;
      if (source === undefined) return Promise.resolve([]);
      const parsed = parseSourceRef(source);
      if (!parsed.ok) {
        const message = `the subscription's source of credentials cannot be read: ${parsed.problem}`;
        const problem = credentialsErrors.create('credentials.invalid-source', message);
        return Promise.resolve([failing('subscription', 'subscription source', problem)]);
      }
      const { ref } = parsed;
      const identity = formatSourceRef(ref);
      const problem = findForeign(ref, project);
      if (problem !== undefined) return Promise.resolve([failing('subscription', identity, problem)]);
      const names = wanted.place === undefined ? [wanted.normalURL] : [wanted.place];
      return Promise.resolve([
        {
          level: 'subscription',
          identity,
          matches: true,
          reason: 'the subscription names it',
          resolve: (refused, signal) => sources.read({ ref, names, maxLifeMs, refused }, signal),
        },
      ]);
    },
  };
}

function findForeign(ref: SourceRef, project: string): AppError | undefined {
  if ('namespace' in ref && ref.namespace === project) return undefined;
  const why =
    'namespace' in ref
      ? `a subscription may name Secrets of its own Project "${project}" only`
      : "variables and programs are for the operator's registry configuration only";
  const message = `${formatSourceRef(ref)} is refused: ${why}`;
  return credentialsErrors.create('credentials.refused-source', message);
}

/** The operator's configuration of registries. */
export function createRegistriesLevel(registries: RegistriesSource, sources: SourceReader): Level {
  return {
    async look(wanted, isExplaining, signal) {
      const { place } = wanted;
      if (place === undefined) return [];
      const inForce = await registries.load(signal);
      const serving = findRegistry(inForce.conf, place);
      const others = isExplaining ? inForce.conf.entries.filter((entry) => entry !== serving) : [];
      const rest = others.map((entry) =>
        noMatch(
          level,
          nameOf(entry),
          `its prefix "${entry.prefix}" does not serve "${place}", or not as closely`,
        ),
      );
      if (inForce.isBlind && serving?.credentials === undefined) {
        return [failing(level, 'registry configuration', blindError(inForce)), ...rest];
      }
      if (serving === undefined) return rest;
      return [toCandidate(serving, wanted, place, sources), ...rest];
    },
  };
}

const level = 'registry configuration';

function toCandidate(entry: RegistryEntry, wanted: Wanted, place: string, sources: SourceReader): Candidate {
  const { credentials: ref } = entry;
  if (ref === undefined) {
    return noMatch(level, nameOf(entry), `its prefix "${entry.prefix}" serves it, but it has no credentials`);
  }
  const refusal = sources.findRefusal(ref);
  if (refusal !== undefined) return failing(level, nameOf(entry), refusal);
  const { host } = new URL(entry.apiUrl);
  const names = [...new Set([place, `${host}/${place.split('/').slice(1).join('/')}`])];
  const lifeMs = Math.min(entry.credentialsLifeMs ?? maxLifeMs, maxLifeMs);
  return {
    level,
    identity: nameOf(entry),
    matches: true,
    reason: `its prefix "${entry.prefix}" serves "${wanted.normalURL}"`,
    resolve: (refused, signal) => sources.read({ ref, names, maxLifeMs: lifeMs, refused }, signal),
  };
}

function nameOf({ name, credentials }: RegistryEntry): string {
  return credentials === undefined
    ? `registry "${name}"`
    : `registry "${name}" (${formatSourceRef(credentials)})`;
}
