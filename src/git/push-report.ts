import { gitErrors } from './errors.ts';
import { isMoved, refusalCode } from './push-refusal.ts';
import type { PushAnswer } from './transport.ts';
import { describeUrl } from './url.ts';

/** How a push of one branch or tag ended. */
export type PushOutcome = 'done' | 'moved';

/** Reads how the push of a branch or tag ended; `refName` in full. Errors: git.protocol, and those of refusals with the host's reason. */
export function readOutcome(
  answer: PushAnswer,
  refName: string,
  url: string,
  { isForced = false }: { readonly isForced?: boolean } = {},
): PushOutcome {
  const { report, said } = answer;
  const more = said === '' ? '' : ` (${said})`;
  const where = `the push to ${describeRef(refName)} of ${describeUrl(url)}`;
  if (report.unpackError !== undefined) {
    const code = refusalCode({ error: report.unpackError, said, isForced: false });
    const disposition = code === 'git.push-rejected' ? { disposition: 'retry' as const } : {};
    throw gitErrors.create(code, `${where} was refused: ${clean(report.unpackError)}${more}`, disposition);
  }
  const ref = report.refs.find((item) => item.ref === refName);
  if (ref === undefined) throw gitErrors.create('git.protocol', `${where} was answered without a result`);
  if (ref.error === undefined) return 'done';
  const refusal = { error: ref.error, said, isForced };
  if (isMoved(refusal)) return 'moved';
  throw gitErrors.create(refusalCode(refusal), `${where} was refused: ${clean(ref.error)}${more}`);
}

function describeRef(refName: string): string {
  const [, folder, ...rest] = refName.split('/');
  return `${folder === 'tags' ? 'tag' : 'branch'} ${JSON.stringify(rest.join('/'))}`;
}

function clean(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a1-\uffff]+/g, ' ').slice(0, 300);
}
