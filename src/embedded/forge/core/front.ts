import type { OutgoingHttpHeaders } from 'node:http';
import type { JsonValue } from '../../../base/index.ts';
import type { Repository } from '../../git-server/index.ts';
import type { MergeMethod } from './merge.ts';
import type { PullContext } from './operations.ts';
import type { Pull } from './pulls.ts';
import type { LimitWindow } from './rate-limit.ts';
import type { Reply } from './reply.ts';

/** Where a forge says it is. */
export interface ForgeUrls {
  /** For people, e.g. "https://github.com". */
  readonly web: string;
  /** For programs, e.g. "https://api.github.com". */
  readonly api: string;
}

/** A request to an API, with its body read. */
export interface ApiRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: JsonValue | undefined;
  readonly login: string;
  readonly urls: ForgeUrls;
  /** Everybody who has an account. */
  readonly logins: readonly string[];
  find(name: string): Repository | undefined;
  contextFor(repository: Repository): PullContext;
}

/** Why a request is refused before any route is looked at. */
export type Refusal =
  | 'unauthenticated'
  | 'wrong-token'
  | 'forbidden'
  | 'rate-limited'
  | 'malformed'
  | 'broken';

/** Who makes the commit of a merge, and what it says. */
export interface MergeTexts {
  readonly title: string;
  readonly message: string;
  readonly committer: { readonly name: string; readonly email: string };
  /** Where the addresses lie that the host gives its people, e.g. "users.noreply.github.com". */
  readonly mailHost: string;
}

/** The face of one kind of git host over the shared pull requests. */
export interface Front {
  /** Those of the public host. */
  readonly urls: ForgeUrls;
  /** Answers a request; what is not there is answered as the host does. */
  route(request: ApiRequest): Promise<Reply>;
  refuse(refusal: Refusal): Reply;
  /** Hosts that do not simply forbid every change to somebody who may only read; `undefined` lets it pass. */
  refuseReader?(path: string): Reply | undefined;
  /** What the host tells about the budget of requests; the wait only when it is spent. */
  limitHeaders(window: LimitWindow): OutgoingHttpHeaders;
  pullUrl(urls: ForgeUrls, repository: string, number: number): string;
  /** Repository and number of a page for people. */
  readPage(path: string): { readonly name: string; readonly number: number } | undefined;
  describeMerge(pull: Pull, repository: string, method: MergeMethod): MergeTexts;
}
