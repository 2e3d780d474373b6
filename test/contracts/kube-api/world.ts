import { type Call, type CallAnswer, type KubeApiUnderTest, send } from './client.ts';

/** A namespace of its own on a server that serves the suite's definitions. */
export interface World {
  readonly server: KubeApiUnderTest;
  readonly namespace: string;
  /** Sends a request; "$NS", "$W" (widgets), "$C" (configmaps) and "$G" (gadgets) in it are replaced. */
  call(call: Call): Promise<CallAnswer>;
  /** The same, but anything but a 2xx answer fails the test. */
  must(call: Call): Promise<CallAnswer>;
}

const group = 'contract.example.com';

const spec = {
  type: 'object',
  required: ['size'],
  'x-kubernetes-validations': [
    { rule: 'self.size <= 100', message: 'size must be at most 100' },
    {
      rule: '!has(oldSelf.fixed) || (has(self.fixed) && self.fixed == oldSelf.fixed)',
      message: 'fixed never changes',
    },
  ],
  properties: {
    size: { type: 'integer', minimum: 1 },
    color: { type: 'string', default: 'red' },
    mode: { type: 'string', enum: ['fast', 'slow'] },
    code: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
    fixed: { type: 'string' },
    port: { 'x-kubernetes-int-or-string': true },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    maybe: { type: 'string', nullable: true },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, count: { type: 'integer', default: 1 } },
      },
    },
  },
};
const conditions = {
  type: 'array',
  items: { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } },
};

/** The definitions that the suite works with. */
export const definitions = [
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: [
            { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
            { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
            { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
            { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
          ],
          schema: {
            openAPIV3Schema: {
              type: 'object',
              required: ['spec'],
              properties: {
                spec,
                status: { type: 'object', properties: { phase: { type: 'string' }, conditions } },
              },
            },
          },
        },
      ],
    },
  },
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `gadgets.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural: 'gadgets', kind: 'Gadget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
];

/** A widget in the suite's namespace. */
export function widget(
  name: string,
  more: Readonly<Record<string, unknown>> = {},
  metadata: object = {},
): object {
  return {
    apiVersion: `${group}/v1`,
    kind: 'Widget',
    metadata: { name, ...metadata },
    spec: { size: 3, ...more },
  };
}

/** A configmap in the suite's namespace. */
export function configMap(name: string, data: object = { a: '1' }, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

const patienceMs = 10_000;

/** Asks until the answer is as wanted: what a controller does takes a moment. */
export async function until(
  world: World,
  call: Call,
  isWanted: (answer: CallAnswer) => boolean,
): Promise<CallAnswer> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await world.call(call);
    if (isWanted(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

let counter = 0;

/** Applies the suite's definitions and waits until they are served. */
export async function installDefinitions(server: KubeApiUnderTest): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  for (const definition of definitions) {
    const { code } = await send(server, { method: 'POST', path, body: definition });
    if (code !== 201 && code !== 409) throw new Error(`definition not accepted: ${code}`);
  }
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const { code } = await send(server, { path: `/apis/${group}/v1/gadgets` });
    const documents = await send(server, { path: '/openapi/v3' });
    // A genuine server describes a kind some time after it serves it.
    if (code === 200 && documents.body?.paths?.[`apis/${group}/v1`] !== undefined) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the definitions are not served');
}

/** Makes a namespace for one test. */
export async function openWorld(server: KubeApiUnderTest): Promise<World> {
  counter += 1;
  const namespace = `contract-${process.pid}-${counter}`;
  const call = (given: Call): Promise<CallAnswer> => send(server, replaceIn(given, namespace));
  const must = async (given: Call): Promise<CallAnswer> => {
    const answer = await call(given);
    if (answer.code >= 300) throw new Error(`${given.method ?? 'GET'} ${given.path}: ${answer.text}`);
    return answer;
  };
  await must({ method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: namespace } } });
  return { server, namespace, call, must };
}

/** The request with the short forms written out. */
export function replaceIn<T>(value: T, namespace: string): T {
  const text = JSON.stringify(value, (_name, member: unknown) =>
    member instanceof Uint8Array ? { bytes: Buffer.from(member).toString('base64') } : member,
  )
    .replaceAll('$W', `/apis/${group}/v1/namespaces/$NS/widgets`)
    .replaceAll('$G', `/apis/${group}/v1/gadgets`)
    .replaceAll('$C', '/api/v1/namespaces/$NS/configmaps')
    .replaceAll('$NS', namespace);
  return JSON.parse(text, (_name, member: unknown) => {
    const isBytes = typeof member === 'object' && member !== null && 'bytes' in member;
    return isBytes && Object.keys(member).length === 1 ? Buffer.from(String(member.bytes), 'base64') : member;
  }) as T;
}
