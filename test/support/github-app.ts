import { generateKeyPairSync } from 'node:crypto';
import { createForge, type EmbeddedForge } from '../../src/embedded/forge/index.ts';
import { createGitServer, type GitServer, isGitPath } from '../../src/embedded/git-server/index.ts';
import { listen } from '../../src/embedded/http/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../src/ports/index.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createTestTls } from './tls.ts';

/** A GitHub host in process that knows one App, installed on two of its three repositories. */
export interface GitHubAppHost extends AsyncDisposable {
  readonly http: HttpClient;
  readonly clock: ManualClock;
  readonly git: GitServer;
  readonly forge: EmbeddedForge;
  /** Requests that were sent, in order. */
  readonly asked: readonly HttpRequest[];
  /** Looks at each request first; an answer stands in the host's place. */
  interfere: (request: HttpRequest) => Partial<HttpResponse> | undefined;
  /** By the keys of Kargo's Secrets. */
  readonly secret: Readonly<Record<string, string>>;
  url(name: string): string;
}

/** A key as GitHub makes it for an App. */
export function makeAppKey(): { readonly publicKeyPem: string; readonly privateKeyPem: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKeyPem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** Starts the host, as github.com or as an Enterprise server. */
export async function startGitHubAppHost(kind: 'public' | 'enterprise'): Promise<GitHubAppHost> {
  const isPublic = kind === 'public';
  const web = isPublic ? 'https://github.com' : 'https://github.corp.example';
  const api = isPublic ? 'https://api.github.com' : `${web}/api/v3`;
  const clock = createManualClock();
  const git = createGitServer({ clock }, { accounts: [{ login: 'ann', token: 'ann-token' }] });
  for (const name of ['example/gitops', 'example/other', 'example/secret']) {
    git.commitFiles(name, 'main', { files: { 'a.txt': 'a\n' }, message: 'start\n' });
    git.commitFiles(name, 'feature', { files: { 'a.txt': 'b\n' }, message: 'change\n' });
  }
  const { publicKeyPem, privateKeyPem } = makeAppKey();
  const app = {
    issuers: ['Iv23liExample', '4711'],
    login: 'gantry[bot]',
    publicKeyPem,
    installations: { 815: ['example/gitops', 'example/other'] },
  };
  const forge = createForge({ clock, git }, { urls: { web, api }, apps: [app] });
  const hosts = [...new Set([new URL(web).hostname, new URL(api).hostname])];
  const { ca, cert, key } = await createTestTls(hosts);
  const listening = await listen(
    (request, response) =>
      isGitPath(request.url ?? '/') ? git.handle(request, response) : forge.handleApi(request, response),
    { hosts, tls: { cert, key } },
  );
  const endpoint = { address: listening.address, caPem: ca };
  const client = createHttpClient({ endpoints: Object.fromEntries(hosts.map((host) => [host, endpoint])) });
  const asked: HttpRequest[] = [];
  const host: GitHubAppHost = {
    http: {
      async request(request, signal) {
        asked.push(request);
        const stand = host.interfere(request);
        if (stand === undefined) return client.request(request, signal);
        return { status: 200, url: request.url, headers: {}, body: Buffer.from('{}'), ...stand };
      },
      stream(request, signal) {
        asked.push(request);
        return client.stream(request, signal);
      },
    },
    clock,
    git,
    forge,
    asked,
    interfere: () => undefined,
    secret: {
      githubAppClientID: 'Iv23liExample',
      githubAppInstallationID: '815',
      githubAppPrivateKey: privateKeyPem,
    },
    url: (name) => `${web}/${name}.git`,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      forge[Symbol.dispose]();
      await listening[Symbol.asyncDispose]();
    },
  };
  return host;
}
