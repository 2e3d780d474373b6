import type { Repository } from '../../src/embedded/git-server/index.ts';
import type { Pipeline } from './pipeline.ts';
import { gitopsRepository } from './pipeline-example.ts';

/** How many commits on main carry each promotion's mark ("namespace/name"), merged branches included. */
export function countPromotionCommits(pipeline: Pipeline): ReadonlyMap<string, number> {
  const repository: Repository = pipeline.sandbox.servers.git.repository(gitopsRepository);
  const head = repository.refs.get('refs/heads/main');
  const counts = new Map<string, number>();
  for (const id of repository.ancestors(head === undefined ? [] : [head])) {
    for (const { name, value } of repository.commit(id).headers) {
      if (name !== 'promotion') continue;
      // "namespace/name/step alias"
      const promotion = value.split('/').slice(0, 2).join('/');
      counts.set(promotion, (counts.get(promotion) ?? 0) + 1);
    }
  }
  return counts;
}

/** The pull requests of the GitOps repository that a Promotion has opened, by its name. */
export function countPullRequests(pipeline: Pipeline, promotion: string): number {
  const pulls = pipeline.sandbox.servers.forge.listPulls(gitopsRepository);
  return pulls.filter((pull) => pull.headBranch === `kargo/promotion/${promotion}`).length;
}

/** What the controllers have asked the git server for since a moment. */
export interface GitTraffic {
  readonly requests: number;
  readonly bytes: number;
}

/** Sums up the requests to the git server from the given position of the front's list on. */
export function sumGitTraffic(pipeline: Pipeline, from: number): GitTraffic {
  const passed = pipeline.artifacts.passed.slice(from).filter(({ host }) => host === 'github.com');
  const bytes = passed.reduce((sum, { body, responseBytes }) => sum + body.length + responseBytes, 0);
  return { requests: passed.length, bytes };
}
