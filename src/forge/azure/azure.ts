import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { MergeOutcome, PullRequest, PullRequestDraft } from '../../ports/index.ts';
import { type ApiCall, callHost, formatBasic, type HostStyle, readRejection, trimReason } from '../call.ts';
import { changesOf, missingLabels } from '../draft.ts';
import { type Fields, fieldsOf, itemsOf, textOf, unexpected } from '../fields.ts';
import type { ForgeHost, HostDeps, HostRepo } from '../host.ts';
import { judgeMerge, notReady, queued, readUntilClosed, refused } from '../merging.ts';
import { readAzureAddress } from './address.ts';

const apiVersion = '7.1';
const mergeMethods: readonly string[] = ['noFastForward', 'squash', 'rebase', 'rebaseMerge'];
/** Reads, a second apart, of a completion; Azure DevOps merges in the background. */
const mergeTries = 10;

const style: HostStyle = {
  name: 'Azure DevOps',
  hasSignInPage: true,
  authorize(credential) {
    const token = credential?.password;
    if (token === undefined) return undefined;
    // Tokens of Entra ID are JSON web tokens; personal ones are passwords without a user.
    return token.startsWith('eyJ') ? `Bearer ${token}` : formatBasic('', token);
  },
  readReason: (body) => trimReason([textOf(fieldsOf(body)['message'])]),
};

/** Creates the adapter of Azure DevOps' REST API. */
export function createAzure(deps: HostDeps): ForgeHost {
  const call = async (
    { address, remote }: HostRepo,
    { path, query = {}, ...draft }: Omit<ApiCall, 'url'> & { path: string; query?: Record<string, string> },
    signal: AbortSignal,
  ): Promise<JsonValue | undefined> => {
    const params = new URLSearchParams({ ...query, 'api-version': apiVersion });
    const url = `${readAzureAddress(address).api}${path}?${params}`;
    return (await callHost(deps, style, { ...draft, url, remote }, signal)).body;
  };
  /** A pull request that was only just opened may not tell its head yet; the branch does. */
  const parse = async (repo: HostRepo, value: JsonValue | undefined, what: string, signal: AbortSignal) => {
    const pull = parsePull(repo, value, what);
    if (pull.headCommit !== '' || !pull.isOpen) return pull;
    const query = { filter: `heads/${pull.headBranch}` };
    const refs = await call(repo, { method: 'GET', path: '/refs', query, what }, signal);
    const ref = itemsOf(fieldsOf(refs)['value'])
      .map(fieldsOf)
      .find(({ name }) => name === `refs/heads/${pull.headBranch}`);
    return { ...pull, headCommit: textOf(ref?.['objectId']) };
  };
  const read = async (repo: HostRepo, number: number, signal: AbortSignal) => {
    const what = `pull request ${number} of "${repo.address.path}"`;
    const answer = await call(repo, { method: 'GET', path: `/pullrequests/${number}`, what }, signal);
    return { answer: fieldsOf(answer), pull: await parse(repo, answer, what, signal), what };
  };
  /** Azure DevOps wants to be told in whose name it completes: in that of the credential. */
  const setAutoComplete = async (
    repo: HostRepo,
    { answer, pull, what, options }: { answer: Fields; pull: PullRequest; what: string; options: JsonObject },
    signal: AbortSignal,
  ): Promise<MergeOutcome> => {
    const promise = 'Azure DevOps completes it as soon as its policies allow';
    if (answer['isDraft'] === true) return notReady('it is a draft');
    if (answer['mergeStatus'] === 'conflicts') return notReady('it conflicts with its base');
    if (answer['autoCompleteSetBy']) return queued(pull, promise);
    const { home } = readAzureAddress(repo.address);
    const url = `${home}/_apis/connectionData?api-version=${apiVersion}-preview`;
    const asked = { method: 'GET', url, what: 'the owner of the credential', remote: repo.remote } as const;
    const { body: connection } = await callHost(deps, style, asked, signal);
    const id = textOf(fieldsOf(fieldsOf(connection)['authenticatedUser'])['id']);
    if (id === '') throw unexpected('Azure DevOps', asked.what);
    const body = { autoCompleteSetBy: { id }, ...options };
    const path = `/pullrequests/${pull.number}`;
    try {
      await call(repo, { method: 'PATCH', path, body, what: `completing ${what} by itself` }, signal);
    } catch (error) {
      return afterRefusal(error);
    }
    const { pull: found } = await read(repo, pull.number, signal);
    return found.isMerged ? { kind: 'merged', pullRequest: found } : queued(found, promise);
  };
  return {
    name: 'Azure DevOps',
    hasLabels: true,
    hasAssignees: false,
    longestTitle: 400,
    longestBody: 4000,
    async list(repo, filter, signal) {
      const query = {
        ...(filter.headBranch === undefined
          ? {}
          : { 'searchCriteria.sourceRefName': `refs/heads/${filter.headBranch}` }),
        ...(filter.baseBranch === undefined
          ? {}
          : { 'searchCriteria.targetRefName': `refs/heads/${filter.baseBranch}` }),
        'searchCriteria.status': filter.state === 'open' ? 'active' : 'all',
        $top: '100',
      };
      const what = `the pull requests of "${repo.address.path}"`;
      const answer = await call(repo, { method: 'GET', path: '/pullrequests', query, what }, signal);
      const { value } = fieldsOf(answer);
      if (!Array.isArray(value)) throw unexpected('Azure DevOps', what);
      const own = itemsOf(value).filter((item) => !fieldsOf(item)['forkSource']);
      const pulls = await Promise.all(own.map((item) => parse(repo, item, what, signal)));
      return pulls.sort((a, b) => b.number - a.number);
    },
    async open(repo, draft, signal) {
      const what = `a new pull request of "${draft.headBranch}" in "${repo.address.path}"`;
      const body = toBody(draft);
      const answer = await call(repo, { method: 'POST', path: '/pullrequests', body, what }, signal);
      return parse(repo, answer, what, signal);
    },
    async update(repo, number, draft, signal) {
      const { answer, what } = await read(repo, number, signal);
      const path = `/pullrequests/${number}`;
      const changes = changesOf(answer, { title: draft.title, description: draft.body });
      if (changes !== undefined) {
        await call(repo, { method: 'PATCH', path, body: changes, what: `the text of ${what}` }, signal);
      }
      const known = itemsOf(answer['labels']).map((label) => textOf(fieldsOf(label)['name']));
      for (const name of missingLabels(draft, known)) {
        const order = { method: 'POST', path: `${path}/labels`, body: { name } } as const;
        await call(repo, { ...order, what: `the labels of ${what}` }, signal);
      }
    },
    async close(repo, number, signal) {
      const what = `abandoning pull request ${number} of "${repo.address.path}"`;
      const path = `/pullrequests/${number}`;
      await call(repo, { method: 'PATCH', path, body: { status: 'abandoned' }, what }, signal);
    },
    async comment(repo, number, text, signal) {
      const what = `a comment on pull request ${number} of "${repo.address.path}"`;
      const comments = [{ parentCommentId: 0, content: text, commentType: 'text' }];
      const body = { comments, status: 'closed' };
      await call(repo, { method: 'POST', path: `/pullrequests/${number}/threads`, body, what }, signal);
    },
    get: async (repo, number, signal) => (await read(repo, number, signal)).pull,
    async merge(repo, number, order, signal) {
      const { answer, pull, what } = await read(repo, number, signal);
      const settled = judgeMerge(pull, order, mergeMethods);
      if (settled !== undefined) return settled;
      const options =
        order.method === undefined ? {} : { completionOptions: { mergeStrategy: order.method } };
      if (order.auto === true) return setAutoComplete(repo, { answer, pull, what, options }, signal);
      const early = decideReady(answer);
      if (early !== undefined) return early;
      const body = {
        status: 'completed',
        lastMergeSourceCommit: { commitId: pull.headCommit },
        ...options,
      };
      try {
        const path = `/pullrequests/${number}`;
        await call(repo, { method: 'PATCH', path, body, what: `merging ${what}` }, signal);
      } catch (error) {
        return afterRefusal(error);
      }
      const readAgain = () => read(repo, number, signal);
      const last = await readUntilClosed(deps.clock, mergeTries, readAgain, signal);
      if (last.pull.isMerged) return { kind: 'merged', pullRequest: last.pull };
      return notReady(textOf(last.answer['mergeFailureMessage']) || 'Azure DevOps has not completed it yet');
    },
  };
}

function toBody(draft: PullRequestDraft): JsonObject {
  const reviewers = (draft.reviewers ?? []).map((id) => ({ id }));
  return {
    sourceRefName: `refs/heads/${draft.headBranch}`,
    targetRefName: `refs/heads/${draft.baseBranch}`,
    title: draft.title,
    description: draft.body,
    ...(draft.labels.length > 0 ? { labels: draft.labels.map((name) => ({ name })) } : {}),
    ...(reviewers.length > 0 ? { reviewers } : {}),
    ...(draft.isDraft === true ? { isDraft: true } : {}),
  };
}

function decideReady({ isDraft, mergeStatus }: Fields): MergeOutcome | undefined {
  if (isDraft === true) return notReady('it is a draft');
  if (mergeStatus === 'succeeded') return undefined;
  return notReady(`the merge status at Azure DevOps is "${textOf(mergeStatus)}"`);
}

/** A head that has moved (409) passes. */
function afterRefusal(error: unknown): MergeOutcome {
  const rejection = readRejection(error);
  if (rejection === undefined) throw error;
  return rejection.status === 409 ? notReady(rejection.reason) : refused(rejection.reason);
}

function parsePull(repo: HostRepo, value: JsonValue | undefined, what: string): PullRequest {
  const fields = fieldsOf(value);
  const { pullRequestId: number, status } = fields;
  const headBranch = readBranch(fields['sourceRefName']);
  const baseBranch = readBranch(fields['targetRefName']);
  if (typeof number !== 'number' || [status, headBranch, baseBranch].some((text) => !text)) {
    throw unexpected('Azure DevOps', what);
  }
  const mergeCommit = textOf(fieldsOf(fields['lastMergeCommit'])['commitId']);
  return {
    number,
    url: `${readAzureAddress(repo.address).page}/pullrequest/${number}`,
    isOpen: status === 'active',
    isMerged: status === 'completed',
    headBranch,
    baseBranch,
    headCommit: textOf(fieldsOf(fields['lastMergeSourceCommit'])['commitId']),
    ...(mergeCommit === '' ? {} : { mergeCommit }),
  };
}

function readBranch(ref: JsonValue | undefined): string {
  return textOf(ref).replace(/^refs\/heads\//, '');
}
