import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from '../http/index.ts';
import type { Pull } from './pulls.ts';

/** Answers with the page of a pull request, as plain text. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  find: (repository: string, number: number) => Pull | undefined,
): void {
  // For example "/example/gitops/pull/1".
  const match = /^\/(?<name>[^?]+)\/pull\/(?<number>\d{1,9})\/?(?:$|\?)/.exec(request.url ?? '')?.groups;
  const pull = match === undefined ? undefined : find(match['name'] ?? '', Number(match['number']));
  if (pull === undefined) {
    sendText(response, 404, 'not found\n');
    return;
  }
  const state = pull.merge === undefined ? pull.state : `merged by ${pull.merge.login}`;
  const lines = [
    `${pull.title} (#${pull.number})`,
    `${state}: ${pull.headBranch} into ${pull.baseBranch}, opened by ${pull.author}`,
    ...(pull.labels.length === 0 ? [] : [`labels: ${pull.labels.join(', ')}`]),
    '',
    pull.body,
  ];
  sendText(response, 200, `${lines.join('\n')}\n`);
}
