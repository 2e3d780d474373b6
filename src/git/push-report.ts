import { gitErrors } from './errors.ts';
import type { PushAnswer } from './transport.ts';
import { describeUrl } from './url.ts';

/** How a push of one branch ended. */
export type PushOutcome = 'done' | 'moved';

/** What hosts say when the branch is not where the push expected it. */
const moved =
  /non-fast-forward|fetch first|cannot lock ref|incorrect old value|failed to (?:update|lock|write) ref|unable to (?:update|lock)|stale info|reference already exists|already been updated|but expected|ref updated since/i;

/** What hosts say when somebody's rule is against it; such a text may mention a lock or an update too. */
const declined = /declined|protected|denied|not permitted|not allowed|forbidden|prohibited|GH\d{3}/i;

/** Reads how the push of a branch ended. Errors: git.push-rejected with the host's reason, git.protocol. */
export function readOutcome(answer: PushAnswer, branch: string, url: string): PushOutcome {
  const { report, said } = answer;
  const where = `the push to branch ${JSON.stringify(branch)} of ${describeUrl(url)}`;
  if (report.unpackError !== undefined) {
    throw gitErrors.create('git.push-rejected', `${where} was refused: ${clean(report.unpackError)}`, {
      disposition: 'retry',
    });
  }
  const ref = report.refs.find((item) => item.ref === `refs/heads/${branch}`);
  if (ref === undefined) throw gitErrors.create('git.protocol', `${where} was answered without a result`);
  if (ref.error === undefined) return 'done';
  if (moved.test(ref.error) && !declined.test(ref.error)) return 'moved';
  const more = said === '' ? '' : ` (${said})`;
  throw gitErrors.create('git.push-rejected', `${where} was refused: ${clean(ref.error)}${more}`);
}

function clean(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ').slice(0, 300);
}
