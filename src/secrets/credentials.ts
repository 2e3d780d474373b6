import { type Secret, secrets } from '../api/core/index.ts';
import { labels as labelNames } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import type { Credential, CredentialKind, Credentials, KubeReader } from '../ports/index.ts';
import { credentialsErrors } from './errors.ts';
import { findSecret, readValue } from './match.ts';

/** Where Secrets are looked for. */
export interface SecretCredentialsOptions {
  /** The namespace whose Secrets serve all Projects; none when absent. */
  readonly sharedNamespace?: string;
  /** May credentials be sent to "http://" URLs? No unless told. */
  readonly allowOverHttp?: boolean;
}

/** Finds credentials in the Kubernetes Secrets that Kargo's users label for it. */
export function createSecretCredentials(
  deps: { readonly reader: KubeReader },
  options: SecretCredentialsOptions = {},
): Credentials {
  return {
    async find({ project, kind, repoURL }, signal) {
      if (repoURL.startsWith('http://') && options.allowOverHttp !== true) return undefined;
      const namespaces = [
        project,
        ...(options.sharedNamespace === undefined ? [] : [options.sharedNamespace]),
      ];
      for (const namespace of namespaces) {
        const secret =
          findSecret(listWatched(deps.reader, namespace), kind, repoURL) ??
          findSecret(await listLive(deps.reader, namespace, kind, signal), kind, repoURL);
        if (secret !== undefined) return toCredential(secret, kind, repoURL);
      }
      return undefined;
    },
  };
}

/** From the watch, which may be behind; nothing where Secrets are not watched. */
function listWatched(reader: KubeReader, namespace: string): readonly Secret[] {
  try {
    return reader.list(secrets, { namespace });
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'kube.not-watched') throw error;
    return [];
  }
}

/** A Secret applied together with the Warehouse that needs it may not be in the cache yet, so its absence is asked for. */
function listLive(
  reader: KubeReader,
  namespace: string,
  kind: CredentialKind,
  signal: AbortSignal,
): Promise<readonly Secret[]> {
  return reader.listLive(secrets, { namespace, labels: `${labelNames.credentialType}=${kind}` }, signal);
}

function toCredential(secret: Secret, kind: CredentialKind, repoURL: string): Credential {
  const name = `secret ${secret.metadata.namespace}/${secret.metadata.name}`;
  const username = readValue(secret, 'username');
  const password = readValue(secret, 'password');
  if (username && password) return { identity: name, username, password };
  const sshPrivateKey = readValue(secret, 'sshPrivateKey');
  if (kind === 'git' && sshPrivateKey) return { identity: name, sshPrivateKey };
  throw credentialsErrors.create(
    'credentials.unusable',
    `${name} matches ${repoURL} but has neither username and password${kind === 'git' ? ' nor sshPrivateKey' : ''}`,
    { data: { identity: name } },
  );
}
