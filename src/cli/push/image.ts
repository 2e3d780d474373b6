import { keyOf } from '../../api/meta/index.ts';
import { annotations, parseSubscription, type Warehouse, warehouses } from '../../api/v1alpha1/index.ts';
import { formatPreciseTime, normalizeImageUrl } from '../../domain/index.ts';
import type { Random } from '../../ports/index.ts';
import type { CommandDeps, SandboxConnection } from '../deps.ts';
import { cliErrors } from '../errors.ts';
import { writeHint } from '../render/hint.ts';
import { createPaint } from '../render/style.ts';
import type { SandboxInfo } from '../sandbox-info.ts';

/** Which image to push. */
export interface PushImageRequest {
  /** A repository: "ghcr.io/ameideio/web", "ameideio/web", or the last part of one that a Warehouse follows. */
  readonly name: string;
  readonly tag: string;
}

/** What pushing needs beyond the usual. */
export interface PushImageDeps extends CommandDeps {
  readonly random: Random;
  readonly sandbox: Pick<SandboxConnection, 'pushImage'>;
  readonly account: Pick<SandboxInfo, 'username' | 'password'>;
}

const defaultOwner = 'ghcr.io/ameideio';

// For example "web", "team/web", "ghcr.io/team/web", "localhost:5000/web".
const repositoryPattern = /^[a-z0-9][a-z0-9._:-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/;

/**
 * Pushes a new tiny image to the sandbox's registry and asks the Warehouses that follow it to look.
 *
 * Errors: cli.usage for a name that no repository can have; oci.* of the push.
 */
export async function pushImage(request: PushImageRequest, deps: PushImageDeps): Promise<string> {
  const { cluster, signal, output, notes } = deps;
  if (!repositoryPattern.test(request.name)) {
    throw cliErrors.create('cli.usage', `"${request.name}" is not the name of an image repository`, {
      hint: 'Use lower-case letters, digits, dots and dashes, e.g. "web" or "ghcr.io/team/web"',
    });
  }
  const all = await cluster.reader.listLive(warehouses, {}, signal);
  const repoURL = chooseRepository(request.name, all);
  const created = formatPreciseTime(deps.clock.nowMs());
  const digest = await deps.sandbox.pushImage(
    { repoURL, credential: { identity: 'sandbox', ...deps.account } },
    request.tag,
    { created, content: `${repoURL} ${deps.random.uuid()}` },
    signal,
  );
  const paint = createPaint(output.isTerminal);
  output.write(`${paint('good', 'Pushed')} ${repoURL}:${request.tag}\n  ${digest}\n`);
  const followers = all.filter((warehouse) => imagesOf(warehouse).includes(normalizeImageUrl(repoURL)));
  for (const warehouse of followers) {
    await refreshWarehouse(warehouse, created, deps);
    const { namespace = '', name } = warehouse.metadata;
    output.write(`Asked Warehouse ${paint('strong', name)} in ${namespace} to look now.\n`);
    writeHint(
      notes,
      `kubectl annotate warehouse ${name} -n ${namespace} --overwrite ${annotations.refresh}=${created}`,
    );
  }
  if (followers.length === 0) output.write('No Warehouse follows this repository.\n');
  return digest;
}

/** The images that a Warehouse follows, as normalized repositories. */
export function imagesOf(warehouse: Warehouse): readonly string[] {
  return warehouse.spec.subscriptions.flatMap((entry) => {
    const read = parseSubscription(entry);
    if (!read.ok || read.subscription.kind !== 'image') return [];
    return [normalizeImageUrl(read.subscription.image.repoURL)];
  });
}

/** The full name of a repository, the followed one of that last part if there is one. */
export function chooseRepository(name: string, all: readonly Warehouse[]): string {
  const [first = '', ...rest] = name.split('/');
  if (rest.length > 0) return /[.:]/.test(first) ? name : `ghcr.io/${name}`;
  const followed = all.flatMap(imagesOf).find((repository) => repository.endsWith(`/${name}`));
  return followed ?? `${defaultOwner}/${name}`;
}

/** A changed value of the annotation is what wakes a Warehouse. */
async function refreshWarehouse(warehouse: Warehouse, token: string, deps: CommandDeps): Promise<void> {
  const patch = { metadata: { annotations: { [annotations.refresh]: token } } };
  await deps.cluster.writer.mergePatch(warehouses, keyOf(warehouse), patch, {}, deps.signal);
}
