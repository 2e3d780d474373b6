import { annotationOf, findCondition } from '../../api/meta/index.ts';
import { parseSubscription, type Warehouse, warehouses } from '../../api/v1alpha1/index.ts';
import {
  credentialsAnnotation,
  credentialsCondition,
  modernizeSubscription,
  readCredentialSources,
} from '../../domain/index.ts';
import type { CredentialExplanation, CredentialKind, CredentialRequest } from '../../ports/index.ts';
import type { CommandDeps } from '../deps.ts';
import { cliErrors } from '../errors.ts';
import { resolveNamespace } from '../namespace.ts';
import { renderCredentials } from './render.ts';

/** Which repository to explain, and for which Project. */
export interface CredentialsRequest {
  readonly repoURL: string;
  readonly namespace: string | undefined;
  /** git, image or helm; guessed from the address when absent. */
  readonly kind: string | undefined;
  /** A source as a subscription may name it; then no other is looked at. */
  readonly source: string | undefined;
}

/** What the command works with. */
export interface CredentialsDeps extends CommandDeps {
  explain(request: CredentialRequest): Promise<CredentialExplanation>;
}

const kinds: readonly CredentialKind[] = ['git', 'image', 'helm'];

/** Shows every place that a credential for a repository could come from, and what the Warehouses last used. Never a value. */
export async function showCredentials(given: CredentialsRequest, deps: CredentialsDeps): Promise<void> {
  const kind = readKind(given);
  const namespace = await resolveNamespace(deps.cluster, given.namespace, deps.signal);
  const { repoURL } = given;
  const all = await deps.cluster.reader.listLive(warehouses, { namespace }, deps.signal);
  const following = all.filter((warehouse) => follows(warehouse, repoURL));
  const named =
    given.source ?? following.map((one) => sourceOf(one, repoURL)).find((one) => one !== undefined);
  const request = { project: namespace, kind, repoURL, ...(named === undefined ? {} : { source: named }) };
  const explanation = await deps.explain(request);
  const uses = following.map(({ metadata, status }) => ({
    warehouse: metadata.name,
    said: findCondition(status?.conditions, credentialsCondition)?.message,
  }));
  deps.output.write(renderCredentials(explanation, uses, deps.output.isTerminal));
}

function readKind({ kind, repoURL }: CredentialsRequest): CredentialKind {
  if (kind === undefined) return guessKind(repoURL);
  const known = kinds.find((one) => one === kind);
  if (known !== undefined) return known;
  throw cliErrors.create('cli.usage', `"${kind}" is no kind of repository`, {
    hint: 'Use git, image or helm',
  });
}

/** Images are named without a scheme; charts in registries have one of their own; the rest is git more often than not. */
function guessKind(repoURL: string): CredentialKind {
  if (/^oci:\/\//i.test(repoURL)) return 'helm';
  return /^[a-z+]+:\/\/|^[^/]+@|\.git$/i.test(repoURL) ? 'git' : 'image';
}

function follows(warehouse: Warehouse, repoURL: string): boolean {
  return warehouse.spec.subscriptions.some((entry) => {
    const result = parseSubscription(modernizeSubscription(entry).entry);
    if (!result.ok) return false;
    const { subscription } = result;
    switch (subscription.kind) {
      case 'git':
        return subscription.git.repoURL === repoURL;
      case 'image':
        return subscription.image.repoURL === repoURL;
      case 'chart':
        return subscription.chart.repoURL === repoURL;
      default:
        return false;
    }
  });
}

function sourceOf(warehouse: Warehouse, repoURL: string): string | undefined {
  const read = readCredentialSources(annotationOf(warehouse, credentialsAnnotation));
  return read.ok ? read.sources.get(repoURL) : undefined;
}
