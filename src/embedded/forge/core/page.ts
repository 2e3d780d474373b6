import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendText } from '../../http/index.ts';
import type { Front } from './front.ts';
import type { Pull } from './pulls.ts';

/** Answers with the page of a pull request, as plain text. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  find: (path: string) => Pull | undefined,
): void {
  const pull = find((request.url ?? '').replace(/\?.*$/, ''));
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
    ...pull.comments.flatMap(({ login, text }) => ['', `${login}: ${text}`]),
  ];
  sendText(response, 200, `${lines.join('\n')}\n`);
}

/** Reads the addresses of pages by a pattern with the groups `name` and `number`. */
export function createPageReader(
  pattern: RegExp,
  toName = (name: string): string => name,
): Front['readPage'] {
  return (path) => {
    const { name, number } = pattern.exec(path)?.groups ?? {};
    return name === undefined ? undefined : { name: toName(decodeURI(name)), number: Number(number) };
  };
}
