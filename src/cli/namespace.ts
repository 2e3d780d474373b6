import { projects } from '../api/v1alpha1/index.ts';
import type { Cluster } from './deps.ts';
import { cliErrors } from './errors.ts';

/**
 * The namespace to work in: the one that was given, else that of the kubeconfig's context, else that of the only Project.
 *
 * Errors: cli.usage when there are several Projects or none, naming them.
 */
export async function resolveNamespace(
  cluster: Cluster,
  given: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const known = given ?? cluster.namespace;
  if (known !== undefined && known !== '') return known;
  const found = await cluster.reader.listLive(projects, {}, signal);
  const names = found.map(({ metadata }) => metadata.name);
  const [only] = names;
  if (only !== undefined && names.length === 1) return only;
  const which =
    only === undefined ? 'there is no Project yet' : `there are several Projects: ${names.join(', ')}`;
  throw cliErrors.create('cli.usage', `no namespace was given and ${which}`, {
    hint: only === undefined ? 'Create a Project, or name a namespace by -n' : 'Name one by -n',
  });
}
