import type { Clock, HttpClient } from '../../ports/index.ts';
import type { TokenCache } from '../token-cache.ts';
import { type Candidate, type Level, type Material, noMatch, type Wanted } from '../types.ts';
import { fetchAcrToken, hasAzureIdentity, parseAcr } from './acr.ts';
import { hasAwsIdentity, parseEcr } from './ecr.ts';
import { fetchAmbientEcrToken } from './ecr-ambient.ts';
import { createGarAmbient, isGar } from './gar.ts';

/** The clouds whose identities are used. */
export type Cloud = 'ecr' | 'gar' | 'acr';

/** What the clouds' identities are found with. */
export interface AmbientDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly tokens: TokenCache;
  /** Variables by which clouds tell processes who they are. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws when it cannot be read. */
  readFile(path: string): string;
}

/** Which of them are used, and for whom. */
export interface AmbientOptions {
  readonly clouds: readonly Cloud[];
  /** What is explained is another process, whose identity cannot be seen from here. */
  readonly isElsewhere: boolean;
  /** The shard of this controller, part of the names of its sessions. */
  readonly shard?: string;
}

const level = 'ambient';
const maxLifeMs = 12 * 3_600_000;

/** The identities that clouds give to this process, for their own registries only. */
export function createAmbientLevel(deps: AmbientDeps, options: AmbientOptions): Level {
  const gar = createGarAmbient(deps);
  const { environment, http } = deps;

  /** One token per identity: by Project where the cloud has roles for Projects. */
  const keep = (
    identity: string,
    fetch: (signal: AbortSignal) => Promise<Material>,
  ): Candidate['resolve'] => {
    return (refused, signal) =>
      deps.tokens.get({ key: `ambient ${identity}`, identity, maxLifeMs, refused }, fetch, signal);
  };

  const findObstacle = (cloud: Cloud): string | undefined => {
    if (options.isElsewhere) return 'whether the controllers have an identity there cannot be seen from here';
    return options.clouds.includes(cloud) ? undefined : 'it is not among GANTRY_AMBIENT_CREDENTIALS';
  };

  function lookAtEcr({ place, project }: Wanted): Candidate | undefined {
    const registry = parseEcr(place);
    if (registry === undefined) return undefined;
    const identity = `ambient ECR ${registry.host} for ${project}`;
    const obstacle = findObstacle('ecr');
    if (obstacle !== undefined) return noMatch(level, identity, obstacle);
    if (!hasAwsIdentity(environment))
      return noMatch(level, identity, 'this process has no identity at Amazon');
    const asker = { project, environment, shard: options.shard };
    return {
      level,
      identity,
      matches: true,
      reason: 'the host is a registry of Amazon, which gives an identity to this process',
      resolve: keep(identity, (signal) => fetchAmbientEcrToken({ http, registry, signal }, asker)),
    };
  }

  async function lookAtGar({ place, project }: Wanted, signal: AbortSignal): Promise<Candidate | undefined> {
    if (!isGar(place)) return undefined;
    const identity = `ambient Google for ${project}`;
    const obstacle = findObstacle('gar');
    if (obstacle !== undefined) return noMatch(level, identity, obstacle);
    if (!(await gar.isAvailable(signal))) {
      return noMatch(level, identity, 'this process has no identity at Google');
    }
    return {
      level,
      identity,
      matches: true,
      reason: 'the host is a registry of Google, which gives an identity to this process',
      resolve: keep(identity, (shared) => gar.fetch(project, identity, shared)),
    };
  }

  function lookAtAcr({ place }: Wanted): Candidate | undefined {
    const host = parseAcr(place);
    if (host === undefined) return undefined;
    const identity = `ambient ACR ${host}`;
    const obstacle = findObstacle('acr');
    if (obstacle !== undefined) return noMatch(level, identity, obstacle);
    if (!hasAzureIdentity(environment))
      return noMatch(level, identity, 'this process has no identity at Azure');
    return {
      level,
      identity,
      matches: true,
      reason: 'the host is a registry of Azure, which gives an identity to this process',
      resolve: keep(identity, (signal) => fetchAcrToken(http, host, environment, signal)),
    };
  }

  return {
    async look(wanted, _isExplaining, signal) {
      const all = [lookAtEcr(wanted), await lookAtGar(wanted, signal), lookAtAcr(wanted)];
      return all.filter((candidate) => candidate !== undefined);
    },
  };
}
