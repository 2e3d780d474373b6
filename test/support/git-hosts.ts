import type { Credential } from '../../src/ports/index.ts';

/** A host of git repositories that contract suites can fill. */
export interface TestGitHost extends AsyncDisposable {
  /** Lets in whoever has it. */
  readonly credential: Omit<Credential, 'identity'>;
  /** Is of the same kind and lets nobody in. */
  readonly stranger: Omit<Credential, 'identity'>;
  /** Makes an empty repository whose default branch will be "main"; gives its URL. */
  createRepository(name: string): Promise<string>;
  /** Where native git reaches the repository of a URL without asking anybody. */
  nativeUrl(url: string): string;
  /** Checks that a repository is sound. */
  verify(name: string): Promise<void>;
}

/** Credentials and URLs of a host that asks for a user name and password. */
export function passwordHost(
  username: string,
  password: string,
): Pick<TestGitHost, 'credential' | 'stranger' | 'nativeUrl'> {
  return {
    credential: { username, password },
    stranger: { username, password: 'wrong' },
    nativeUrl: (url) => Object.assign(new URL(url), { username, password }).href,
  };
}
