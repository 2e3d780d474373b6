import type { KubeObject } from '../../src/api/meta/index.ts';
import type { Stage } from '../../src/api/v1alpha1/index.ts';
import { gitopsRepository, parseManifests } from './pipeline-example.ts';
import type { FrontRequest, Interference } from './pipeline-front.ts';
import { rowObjects, rowValues, valuesPath } from './release-rows.ts';

/** The Project of the table of bad input. */
export const badProject = 'bad';

/** Something wrong that somebody gives to the controllers, and where they say so. */
export interface BadRow {
  readonly name: string;
  /** A host that only this row has. */
  readonly host?: string;
  /** What its values file holds; the usual one without. */
  readonly values?: string;
  /** Changes the usual objects of a Stage of this name. */
  readonly objects?: (name: string) => readonly KubeObject[];
  /** Answers in the servers' place. */
  readonly interfere?: (request: FrontRequest) => Interference | undefined;
  readonly want: Want;
  readonly because: string;
}

/** Where the trouble is told, under which reason, and which names stand in the text. */
export type Want =
  | {
      readonly kind: 'promotion';
      readonly phase: 'Errored' | 'Failed' | 'Running';
      readonly names: readonly string[];
    }
  | {
      readonly kind: 'condition';
      readonly on: 'Stage' | 'Warehouse';
      readonly reason: string;
      readonly names: readonly string[];
    };

type Step = NonNullable<
  NonNullable<NonNullable<Stage['spec']['promotionTemplate']>['spec']['steps']>[number]
>;

/** The usual objects with another Stage. */
function withStage(name: string, change: (spec: Stage['spec']) => Stage['spec']): readonly KubeObject[] {
  return rowObjects(badProject, name, 'direct').map((object) => {
    if (object.kind !== 'Stage') return object;
    const stage = object as Stage;
    const changed: Stage = { ...stage, spec: change(stage.spec) };
    return changed;
  });
}

/** The usual objects with one step replaced. */
function withStep(name: string, alias: string, change: (step: Step) => Step): readonly KubeObject[] {
  return withStage(name, (spec) => {
    const template = spec.promotionTemplate;
    if (template === undefined) return spec;
    const steps = template.spec.steps?.map((step) => (step.as === alias ? change(step) : step));
    return {
      ...spec,
      promotionTemplate: { ...template, spec: { ...template.spec, steps } },
    } as Stage['spec'];
  });
}

function withUpdate(
  name: string,
  update: { readonly key: string; readonly value: string },
): readonly KubeObject[] {
  return withStep(name, 'update', (step) => ({
    ...step,
    config: { path: `./gitops/${valuesPath(name)}`, updates: [update] },
  }));
}

function withRepository(name: string, repository: string): readonly KubeObject[] {
  return withStep(name, 'clone', (step) => ({
    ...step,
    config: {
      repoURL: `https://github.com/${repository}.git`,
      checkout: [{ branch: 'main', path: './gitops' }],
    },
  }));
}

/** A Warehouse of a registry of its own that always answers like this, and no Stage. */
function registryRow(
  name: string,
  reason: string,
  answer: Omit<Extract<Interference, { kind: 'answer' }>, 'kind'>,
  because: string,
): BadRow {
  const host = `${name}.example.com`;
  const repoURL = `${host}/ameideio/agents-runtime`;
  return {
    name,
    host,
    objects: () => [warehouse(name, repoURL)],
    interfere: (request) => (request.host === host ? { kind: 'answer', ...answer } : undefined),
    want: { kind: 'condition', on: 'Warehouse', reason, names: [repoURL] },
    because,
  };
}

function warehouse(name: string, repoURL: string): KubeObject {
  const [object] = parseManifests(`
apiVersion: kargo.akuity.io/v1alpha1
kind: Warehouse
metadata: { name: ${name}, namespace: ${badProject} }
spec:
  interval: 1h0m0s
  subscriptions:
  - image: { repoURL: ${repoURL}, imageSelectionStrategy: Digest, constraint: main }
`);
  if (object === undefined) throw new Error('there is one document');
  return object;
}

/** Refuses every push. */
export const protectedRepository = 'ameideio/protected';

/** The table. */
export const badRows: readonly BadRow[] = [
  {
    name: 'no-warehouse',
    objects: (name) =>
      withStage(name, (spec) => ({
        ...spec,
        requestedFreight: [{ origin: { kind: 'Warehouse', name: 'nowhere' }, sources: { direct: true } }],
      })),
    want: { kind: 'condition', on: 'Stage', reason: 'WarehouseNotFound', names: ['nowhere'] },
    because: 'a Stage that waits for Freight from nowhere would wait in silence',
  },
  {
    name: 'no-key',
    values: 'replicas: 1\n',
    want: { kind: 'promotion', phase: 'Errored', names: ['update', 'image.ref', valuesPath('no-key')] },
    because: 'an edit never makes up a key',
  },
  {
    name: 'no-file',
    objects: (name) =>
      withStep(name, 'update', (step) => ({
        ...step,
        config: { path: './gitops/rows/absent.yaml', updates: [{ key: 'image.ref', value: 'x' }] },
      })),
    want: { kind: 'promotion', phase: 'Errored', names: ['update', 'rows/absent.yaml'] },
    because: 'a file that is not there is named',
  },
  {
    name: 'bad-yaml',
    values: 'image:\n  ref: "not closed\n  other: [1\n',
    want: { kind: 'promotion', phase: 'Errored', names: ['update', valuesPath('bad-yaml')] },
    because: 'what cannot be read is not edited',
  },
  {
    name: 'unknown-image',
    objects: (name) =>
      withUpdate(name, { key: 'image.ref', value: "${{ imageFrom('ghcr.io/ameideio/absent').Digest }}" }),
    want: { kind: 'promotion', phase: 'Errored', names: ['step "update"', 'ghcr.io/ameideio/absent'] },
    because: 'an image that the Freight does not have',
  },
  {
    name: 'bad-expression',
    objects: (name) => withUpdate(name, { key: 'image.ref', value: '${{ ctx.stage + nothing.at.all }}' }),
    want: { kind: 'promotion', phase: 'Errored', names: ['step "update"', 'nothing'] },
    because: 'a name that does not exist',
  },
  {
    name: 'bad-syntax',
    objects: (name) => withUpdate(name, { key: 'image.ref', value: '${{ imageFrom(( }}' }),
    want: { kind: 'promotion', phase: 'Errored', names: ['step "update"', '/updates/0/value'] },
    because: 'an expression that cannot be parsed',
  },
  {
    name: 'unknown-step',
    objects: (name) => withStep(name, 'commit', (step) => ({ ...step, uses: 'git-comit' })),
    want: { kind: 'promotion', phase: 'Errored', names: ['git-comit'] },
    because: 'a misspelled step',
  },
  {
    name: 'bad-config',
    objects: (name) => withStep(name, 'commit', (step) => ({ ...step, config: { path: 7 } })),
    want: { kind: 'promotion', phase: 'Failed', names: ['git-commit', 'path'] },
    because: 'a field of the wrong type',
  },
  {
    name: 'push-refused',
    objects: (name) => withRepository(name, protectedRepository),
    want: { kind: 'promotion', phase: 'Errored', names: ['push', 'main', 'protected branch'] },
    because: 'the git host has the last word',
  },
  {
    name: 'no-repository',
    objects: (name) => withRepository(name, 'ameideio/absent'),
    want: { kind: 'promotion', phase: 'Errored', names: ['clone', 'ameideio/absent'] },
    because: 'a repository that does not exist',
  },
  {
    name: 'git-trouble',
    objects: (name) => withRepository(name, 'ameideio/troubled'),
    interfere: ({ host, path }) =>
      host === 'github.com' && path.startsWith('/ameideio/troubled')
        ? { kind: 'answer', status: 200, body: '<html>please log in</html>' }
        : undefined,
    want: { kind: 'promotion', phase: 'Errored', names: ['clone', 'ameideio/troubled'] },
    because: 'a login page is no git host',
  },
  {
    name: 'no-application',
    objects: (name) =>
      withStep(name, 'sync', (step) => ({ ...step, config: { apps: [{ name: 'not-made-yet' }] } })),
    want: { kind: 'promotion', phase: 'Running', names: ['not-made-yet', 'argocd'] },
    because: 'the Application may come; until then it is said what is missing',
  },
  {
    name: 'not-authorized',
    objects: (name) =>
      rowObjects(badProject, name, 'direct').map((object) =>
        object.kind === 'Application'
          ? { ...object, metadata: { ...object.metadata, annotations: {} } }
          : object,
      ),
    want: {
      kind: 'promotion',
      phase: 'Errored',
      names: ['kargo.akuity.io/authorized-stage', `${badProject}:not-authorized`],
    },
    because: 'an Application must name the Stage that may sync it',
  },
  registryRow(
    'registry-401',
    'DiscoveryFailure',
    { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    'a wrong password',
  ),
  registryRow(
    'registry-404',
    'MissingImageReferences',
    { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' },
    'a wrong name',
  ),
  registryRow(
    'registry-429',
    'DiscoveryFailure',
    { status: 429, headers: { 'retry-after': '3600' } },
    'too many requests',
  ),
  registryRow('registry-500', 'DiscoveryFailure', { status: 500, body: 'oops' }, 'a broken registry'),
  registryRow(
    'registry-garbage',
    'DiscoveryFailure',
    { status: 200, body: '<html>hello</html>' },
    'a proxy in between',
  ),
];

/** The objects of a row. */
export function objectsOf(row: BadRow): readonly KubeObject[] {
  return row.objects?.(row.name) ?? rowObjects(badProject, row.name, 'direct');
}

/** The files of all rows: text by path. */
export function filesOf(rows: readonly BadRow[]): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map(({ name, values }) => [valuesPath(name), values ?? rowValues]));
}

/** The GitOps repository that healthy rows use. */
export const healthyRepository: string = gitopsRepository;
