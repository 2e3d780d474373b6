import { toCustomResourceDefinition } from '../../../src/api/structural/index.ts';
import { kargoKinds } from '../../../src/api/v1alpha1/index.ts';
import type { Row } from './rows.ts';
import { configMap, widget } from './world.ts';

const post = (body: unknown, path = '$W') => ({ method: 'POST', path, body }) as const;
const put = (name: string, body: unknown, path = '$W') =>
  ({ method: 'PUT', path: `${path}/${name}`, body }) as const;
const long = 'x'.repeat(300);

const twice = (kind: 'configMap' | 'widget'): string =>
  kind === 'configMap'
    ? 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: twice\ndata:\n  a: "1"\n  a: "2"\n'
    : 'apiVersion: contract.example.com/v1\nkind: Widget\nmetadata:\n  name: twice\nspec:\n  size: 1\n  size: 2\n  more: 1\n';

/** Creating and replacing objects: metadata, schemas, versions, sub-resources. */
export const writeRows: readonly Row[] = [
  {
    name: 'create',
    call: post(widget('a')),
    want: {
      code: 201,
      body: { kind: 'Widget', metadata: { name: 'a', namespace: '$NS', generation: 1 } },
      at: { status: undefined },
    },
    because: 'the server fills in what is its own',
  },
  {
    name: 'create with defaults',
    call: post(widget('a', { parts: [{ name: 'x' }] })),
    want: { code: 201, body: { spec: { color: 'red', parts: [{ name: 'x', count: 1 }] } } },
    because: 'defaults apply at every depth',
  },
  {
    name: 'create with a status',
    call: post({ ...widget('a'), status: { phase: 'Ready' } }),
    want: { code: 201, at: { status: undefined } },
    because: 'the status has its own sub-resource',
  },
  {
    name: 'create with system fields',
    call: post(widget('a', {}, { uid: 'mine', generation: 7, creationTimestamp: '2001-01-01T00:00:00Z' })),
    want: { code: 201, body: { metadata: { generation: 1, uid: matching(/^[0-9a-f-]{36}$/) } } },
    because: 'what is the server’s is not the client’s',
  },
  {
    name: 'create twice',
    given: [post(widget('a'))],
    call: post(widget('a')),
    want: {
      code: 409,
      body: {
        reason: 'AlreadyExists',
        details: { name: 'a', kind: 'widgets', group: 'contract.example.com' },
      },
      message: 'widgets.contract.example.com "a" already exists',
    },
    because: 'names are unique',
  },
  {
    name: 'create with generateName',
    call: post(widget('', {}, { name: undefined, generateName: 'w-' })),
    want: { code: 201, body: { metadata: { name: matching(/^w-[a-z0-9]{5}$/), generateName: 'w-' } } },
    because: 'the server makes names',
  },
  {
    name: 'create without a name',
    call: post(widget('')),
    want: { code: 422, body: { reason: 'Invalid' }, message: 'name or generateName is required' },
    because: 'objects have names',
  },
  {
    name: 'create with a resourceVersion',
    call: post(widget('a', {}, { resourceVersion: '5' })),
    want: { code: 500, message: 'resourceVersion should not be set on objects to be created' },
    because: 'a copy of a read object is no new one',
  },
  {
    name: 'create with an upper-case name',
    call: post(widget('BadName')),
    want: { code: 422, message: 'a lowercase RFC 1123 subdomain must consist of' },
    because: 'names are DNS names',
  },
  {
    name: 'create with a long name',
    call: post(widget(long)),
    want: { code: 422, message: 'metadata.name' },
    because: 'names have a limit',
  },
  {
    name: 'create with a wrong label key',
    call: post(widget('a', {}, { labels: { 'a b': 'c' } })),
    want: { code: 422, message: 'metadata.labels' },
    because: 'selectors depend on it',
  },
  {
    name: 'create with a long label value',
    call: post(widget('a', {}, { labels: { a: 'x'.repeat(64) } })),
    want: { code: 422, message: 'metadata.labels' },
    because: 'label values have a limit',
  },
  {
    name: 'create with a label that is no text',
    call: post(widget('a', {}, { labels: { a: 1 } })),
    want: { code: 400 },
    because: 'labels are texts',
  },
  {
    name: 'create with an owner without uid',
    call: post(
      widget('a', {}, { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '' }] }),
    ),
    want: { code: 422, message: 'metadata.ownerReferences' },
    because: 'an owner is known by its uid',
  },
  {
    name: 'create in another namespace than the path',
    call: post(widget('a', {}, { namespace: 'other' })),
    want: { code: 400, message: 'the namespace of the provided object does not match' },
    because: 'path and body agree',
  },
  {
    name: 'create in a missing namespace',
    call: post(widget('a'), '/apis/contract.example.com/v1/namespaces/missing/widgets'),
    want: { code: 404, message: 'namespaces "missing" not found' },
    because: 'namespaces come first',
  },
  {
    name: 'create without namespace',
    call: post(widget('a'), '/apis/contract.example.com/v1/widgets'),
    want: { code: 405 },
    because: 'the collection across namespaces is for reading',
    embeddedOnly: true,
  },
  {
    name: 'create of another version',
    call: post({ ...widget('a'), apiVersion: 'contract.example.com/v2' }),
    want: { code: 400, message: 'does not match the expected API version (contract.example.com/v1)' },
    because: 'path and body agree',
  },
  {
    name: 'create of another kind',
    call: post({ ...widget('a'), kind: 'Gadget' }),
    want: { code: 422, message: 'kind: Invalid value: "Gadget": must be Widget' },
    because: 'path and body agree',
  },
  {
    name: 'create of a core kind without kind',
    call: post({ metadata: { name: 'a' }, data: { x: 'y' } }, '$C'),
    want: { code: 201, body: { kind: 'ConfigMap', data: { x: 'y' } } },
    because: 'typed bodies get their kind from the path',
  },
  {
    name: 'create of a custom kind without kind',
    call: post({ ...widget('a'), kind: undefined }),
    want: { code: 400, message: "Object 'Kind' is missing" },
    because: 'untyped bodies do not',
  },
  {
    name: 'a required field is missing',
    call: post({ ...widget('a'), spec: {} }),
    want: {
      code: 422,
      body: {
        details: {
          causes: [
            { reason: 'FieldValueRequired', field: 'spec.size' },
            { reason: 'FieldValueInvalid', field: '<nil>' },
          ],
        },
      },
      message: 'Widget.contract.example.com "a" is invalid: [spec.size: Required value, <nil>: Invalid value',
    },
    because: 'kubectl prints this sentence',
  },
  {
    name: 'a number is too small',
    call: post(widget('a', { size: 0 })),
    want: { code: 422, message: 'spec.size in body should be greater than or equal to 1' },
    because: 'schemas hold',
  },
  {
    name: 'a text for a number',
    call: post(widget('a', { size: 'big' })),
    want: { code: 422, message: 'spec.size in body must be of type integer: "string"' },
    because: 'types hold',
  },
  {
    name: 'a value outside an enumeration',
    call: post(widget('a', { mode: 'medium' })),
    want: { code: 422, message: 'spec.mode: Unsupported value: "medium": supported values: "fast", "slow"' },
    because: 'kubectl prints this sentence',
  },
  {
    name: 'a text that does not match',
    call: post(widget('a', { code: 'A1' })),
    want: { code: 422, message: "spec.code in body should match '^[a-z]+$'" },
    because: 'patterns hold',
  },
  {
    name: 'several problems at once',
    call: post(widget('a', { size: 0, mode: 'medium' })),
    want: { code: 422, message: 'is invalid: [' },
    because: 'people want to see them all',
  },
  {
    name: 'a list item twice',
    call: post(widget('a', { parts: [{ name: 'x' }, { name: 'x' }] })),
    want: { code: 422, message: 'spec.parts[1]: Duplicate value' },
    because: 'list maps have keys',
  },
  {
    name: 'an integer where either may stand',
    call: post(widget('a', { port: 80 })),
    want: { code: 201, body: { spec: { port: 80 } } },
    because: 'int-or-string takes integers',
  },
  {
    name: 'a text where either may stand',
    call: post(widget('a', { port: 'http' })),
    want: { code: 201, body: { spec: { port: 'http' } } },
    because: 'int-or-string takes texts',
  },
  {
    name: 'a list where an integer or text may stand',
    call: post(widget('a', { port: [] })),
    want: { code: 422, message: 'spec.port' },
    because: 'int-or-string takes nothing else',
  },
  {
    name: 'a rule in CEL',
    call: post(widget('a', { size: 101 })),
    want: { code: 422, message: 'size must be at most 100' },
    because: 'rules hold',
  },
  {
    name: 'a transition rule at creation',
    call: post(widget('a', { fixed: 'x' })),
    want: { code: 201 },
    because: 'there is nothing to compare with yet',
  },
  {
    name: 'a transition rule at update',
    given: [post(widget('a', { fixed: 'x' }))],
    call: {
      method: 'PATCH',
      path: '$W/a',
      type: 'application/merge-patch+json',
      body: { spec: { fixed: 'y' } },
    },
    want: { code: 422, message: 'fixed never changes' },
    because: 'now there is',
  },
  {
    name: 'an unknown field',
    call: post(widget('a', { what: 1 })),
    want: { code: 201, at: { 'spec.what': undefined }, warning: 'unknown field \\"spec.what\\"' },
    because: 'it is dropped with a warning unless the client says otherwise',
  },
  {
    name: 'an unknown field, ignored',
    call: post(widget('a', { what: 1 }), '$W?fieldValidation=Ignore'),
    want: { code: 201, at: { 'spec.what': undefined }, warning: '' },
    because: 'the client asked for silence',
  },
  {
    name: 'an unknown field, strictly',
    call: post(widget('a', { what: 1 }), '$W?fieldValidation=Strict'),
    want: { code: 400, message: 'strict decoding error: unknown field "spec.what"' },
    because: 'kubectl asks for this',
  },
  {
    name: 'an unknown field of a core kind, strictly',
    call: post({ ...configMap('a'), what: 1 }, '$C?fieldValidation=Strict'),
    want: { code: 400, message: 'unknown field "what"' },
    because: 'built-in kinds have fields too',
  },
  {
    name: 'a field twice',
    call: post(
      '{"apiVersion":"contract.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"size":2}}',
    ),
    want: { code: 201, body: { spec: { size: 2 } }, warning: 'duplicate field \\"spec.size\\"' },
    because: 'the last one counts, with a warning',
  },
  {
    name: 'a field twice, strictly',
    call: post(
      '{"apiVersion":"contract.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"size":2}}',
      '$W?fieldValidation=Strict',
    ),
    want: { code: 400, message: 'strict decoding error: duplicate field "spec.size"' },
    because: 'one of them is a mistake',
  },
  {
    name: 'an unknown way of field validation',
    call: post(widget('a'), '$W?fieldValidation=Loud'),
    want: { code: 422, message: 'fieldValidation: Unsupported value' },
    because: 'typing errors are told',
  },
  {
    name: 'unknown fields where they are kept',
    call: post(widget('a', { free: { any: [1, { b: null }] } })),
    want: { code: 201, body: { spec: { free: { any: [1, { b: null }] } } } },
    because: 'the schema says that they are',
  },
  {
    name: 'a null where null is allowed',
    call: post(widget('a', { maybe: null })),
    want: { code: 201, at: { 'spec.maybe': null } },
    because: 'nullable keeps it',
  },
  {
    name: 'a null where a default is',
    call: post(widget('a', { color: null })),
    want: { code: 201, body: { spec: { color: 'red' } } },
    because: 'null without nullable is absence',
  },
  {
    name: 'create as a dry run',
    given: [post(widget('a'), '$W?dryRun=All')],
    call: { path: '$W/a' },
    want: { code: 404 },
    because: 'nothing is stored',
  },
  {
    name: 'a dry run that is none',
    call: post(widget('a'), '$W?dryRun=Some'),
    want: { code: 422, message: 'dryRun: Unsupported value' },
    because: 'better nothing than the wrong thing',
  },
  {
    name: 'a body that is not JSON',
    call: post('{"kind":'),
    want: { code: 400, body: { reason: 'BadRequest' } },
    because: 'truncated bodies are the client’s',
  },
  {
    name: 'an empty body',
    call: post(''),
    want: { code: 400 },
    because: 'there is nothing to create',
  },
  {
    name: 'a body of an unknown type',
    call: { ...post('<a/>'), type: 'application/xml' },
    want: { code: 415, body: { reason: 'UnsupportedMediaType' } },
    because: 'the accepted types are named',
  },
  {
    name: 'a YAML body',
    call: {
      ...post('apiVersion: contract.example.com/v1\nkind: Widget\nmetadata: {name: yam}\nspec: {size: 2}\n'),
      type: 'application/yaml',
    },
    want: { code: 201, body: { metadata: { name: 'yam' }, spec: { size: 2 } } },
    because: 'people send manifests with curl',
  },
  {
    name: 'a body beyond the limit',
    call: post({ ...widget('a'), spec: { size: 1, free: { a: 'x'.repeat(3 * 1024 * 1024) } } }),
    want: { code: 413, body: { reason: 'RequestEntityTooLarge' } },
    because: 'memory has an end',
  },
  {
    name: 'replace without a version',
    given: [post(widget('a'))],
    call: put('a', widget('a', { size: 5 })),
    want: {
      code: 422,
      message: 'metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    },
    because: 'custom resources are not overwritten blindly',
  },
  {
    name: 'replace of a core kind without a version',
    given: [post(configMap('a'), '$C')],
    call: put('a', configMap('a', { b: '2' }), '$C'),
    want: { code: 200, at: { data: { b: '2' } } },
    because: 'core kinds may be',
  },
  {
    name: 'replace with an old version',
    given: [post(configMap('a'), '$C')],
    call: put('a', configMap('a', {}, { resourceVersion: '1' }), '$C'),
    want: {
      code: 409,
      body: { reason: 'Conflict' },
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    },
    because: 'optimistic concurrency; clients know this sentence',
  },
  {
    name: 'replace with another uid',
    given: [post(configMap('a'), '$C')],
    call: put('a', configMap('a', {}, { uid: 'other' }), '$C'),
    want: { code: 409, message: 'Precondition failed: UID in precondition: other' },
    because: 'another object of that name is meant',
  },
  {
    name: 'replace with another name',
    given: [post(configMap('a'), '$C')],
    call: put('a', configMap('b'), '$C'),
    want: { code: 400, message: 'the name of the object (b) does not match the name on the URL (a)' },
    because: 'path and body agree',
  },
  {
    name: 'replace of what is not there',
    call: put('a', widget('a', {}, { resourceVersion: '5' })),
    want: { code: 404 },
    because: 'an update does not create',
  },
  {
    name: 'get what is not there',
    call: { path: '$W/a' },
    want: {
      code: 404,
      body: { details: { name: 'a', group: 'contract.example.com', kind: 'widgets' } },
      message: 'widgets.contract.example.com "a" not found',
    },
    because: 'kubectl prints this sentence',
  },
  {
    name: 'a Secret from plain texts',
    call: post({ metadata: { name: 's' }, stringData: { a: 'b' } }, '/api/v1/namespaces/$NS/secrets'),
    want: { code: 201, body: { type: 'Opaque', data: { a: 'Yg==' } }, at: { stringData: undefined } },
    because: 'stringData is for writing alone',
  },
  {
    name: 'a Secret that is not base64',
    call: post({ metadata: { name: 's' }, data: { a: '!' } }, '/api/v1/namespaces/$NS/secrets'),
    want: { code: 400 },
    because: 'bytes are in base64',
  },
  {
    name: 'a ConfigMap with a wrong key',
    call: post(configMap('a', { 'a/b': 'c' }), '$C'),
    want: { code: 422, message: 'a valid config key must consist of' },
    because: 'keys become file names',
  },
  {
    name: 'a ConfigMap with a number',
    call: post(configMap('a', { a: 1 }), '$C'),
    want: { code: 400 },
    because: 'its values are texts',
  },
  {
    name: 'a namespace with a dot',
    call: post({ metadata: { name: 'a.b' } }, '/api/v1/namespaces'),
    want: { code: 422, message: 'must not contain dots' },
    because: 'namespaces are DNS labels',
  },
  {
    name: 'a namespace is born active',
    call: { path: '/api/v1/namespaces/$NS' },
    want: {
      code: 200,
      body: { status: { phase: 'Active' }, metadata: { labels: { 'kubernetes.io/metadata.name': '$NS' } } },
    },
    because: 'selectors find namespaces by that label',
  },
  {
    name: 'a definition under a wrong name',
    call: post(
      {
        metadata: { name: 'wrong' },
        spec: {
          group: 'g.example.com',
          scope: 'Cluster',
          names: { plural: 'as', kind: 'A' },
          versions: [
            { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
          ],
        },
      },
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    ),
    want: { code: 422, message: 'must be spec.names.plural+"."+spec.group' },
    because: 'names of definitions are made of theirs',
  },
  {
    name: 'a definition that is not structural',
    call: post(
      {
        metadata: { name: 'as.g.example.com' },
        spec: {
          group: 'g.example.com',
          scope: 'Cluster',
          names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: 'object', properties: { spec: { properties: {} } } } },
            },
          ],
        },
      },
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    ),
    want: { code: 422, message: 'spec.validation.openAPIV3Schema.properties[spec].type' },
    because: 'every place has a type',
  },
  {
    name: 'a definition that describes metadata',
    call: post(
      definitionOf({ metadata: { type: 'object', description: 'Standard metadata.' } }),
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    ),
    want: {
      code: 422,
      message:
        'spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName',
    },
    because: 'what metadata are is known',
  },
  {
    name: 'a definition that has members of metadata',
    call: post(
      definitionOf({ metadata: { type: 'object', properties: { labels: { type: 'object' } } } }),
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    ),
    want: { code: 422, message: 'properties[metadata]: Forbidden' },
    because: 'what metadata are is known',
  },
  {
    name: 'a definition that narrows names',
    call: post(
      definitionOf({ metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 9 } } } }),
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All',
    ),
    want: { code: 201 },
    because: 'names may be narrowed',
  },
  ...kargoKinds.map(
    (kind): Row => ({
      name: `the definition of ${kind.kind}`,
      call: post(
        toCustomResourceDefinition(kind),
        '/apis/apiextensions.k8s.io/v1/customresourcedefinitions?dryRun=All',
      ),
      want: { code: 201 },
      because: 'it is installed in every cluster',
    }),
  ),
  {
    name: 'a definition is established',
    call: { path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.contract.example.com' },
    want: {
      code: 200,
      body: { status: { acceptedNames: { kind: 'Widget', listKind: 'WidgetList' }, storedVersions: ['v1'] } },
    },
    because: 'clients wait for it',
  },
  {
    name: 'a Docker configuration without its key',
    call: post(
      { metadata: { name: 's' }, type: 'kubernetes.io/dockerconfigjson' },
      '/api/v1/namespaces/$NS/secrets',
    ),
    want: { code: 422, message: 'Secret "s" is invalid: data[.dockerconfigjson]: Required value' },
    because: 'its reader looks for that key',
  },
  {
    name: 'a Docker configuration that is not JSON',
    call: post(
      {
        metadata: { name: 's' },
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': 'e30x' },
      },
      '/api/v1/namespaces/$NS/secrets',
    ),
    want: { code: 422, message: 'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>"' },
    because: 'its reader could not read it',
  },
  {
    name: 'an old Docker configuration without its key',
    call: post(
      { metadata: { name: 's' }, type: 'kubernetes.io/dockercfg' },
      '/api/v1/namespaces/$NS/secrets',
    ),
    want: { code: 422, message: 'Secret "s" is invalid: data[.dockercfg]: Required value' },
    because: 'its reader looks for that key',
  },
  {
    name: 'a basic login without anything',
    call: post(
      { metadata: { name: 's' }, type: 'kubernetes.io/basic-auth' },
      '/api/v1/namespaces/$NS/secrets',
    ),
    want: {
      code: 422,
      message: 'Secret "s" is invalid: [data[username]: Required value, data[password]: Required value]',
    },
    because: 'one of the two is needed',
  },
  {
    name: 'an SSH login without a key',
    call: post({ metadata: { name: 's' }, type: 'kubernetes.io/ssh-auth' }, '/api/v1/namespaces/$NS/secrets'),
    want: { code: 422, message: 'Secret "s" is invalid: data[ssh-privatekey]: Required value' },
    because: 'its reader looks for that key',
  },
  {
    name: 'a certificate without its members',
    call: post({ metadata: { name: 's' }, type: 'kubernetes.io/tls' }, '/api/v1/namespaces/$NS/secrets'),
    want: {
      code: 422,
      message: 'Secret "s" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value]',
    },
    because: 'both are needed',
  },
  {
    name: 'an account token without an account',
    call: post(
      { metadata: { name: 's' }, type: 'kubernetes.io/service-account-token' },
      '/api/v1/namespaces/$NS/secrets',
    ),
    want: {
      code: 422,
      message:
        'Secret "s" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value',
    },
    because: 'whose token should it be?',
  },
  {
    name: 'a YAML body with a key twice',
    call: { method: 'POST', path: '$C', type: 'application/yaml', body: twice('configMap') },
    want: { code: 201, body: { data: { a: '2' } }, warning: 'line 7: key \\"a\\" already set in map' },
    because: 'the last one counts, and the client is told',
  },
  {
    name: 'a YAML body with a key twice, strictly',
    call: {
      method: 'POST',
      path: '$C?fieldValidation=Strict',
      type: 'application/yaml',
      body: twice('configMap'),
    },
    want: {
      code: 400,
      message:
        'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 7: key "a" already set in map',
    },
    because: 'strict is strict',
  },
  {
    name: 'a YAML body with a key twice, in silence',
    call: {
      method: 'POST',
      path: '$C?fieldValidation=Ignore',
      type: 'application/yaml',
      body: twice('configMap'),
    },
    want: { code: 201, warning: '' },
    because: 'the client does not want to know',
  },
  {
    name: 'a YAML custom resource with a key twice and an unknown field, strictly',
    call: {
      method: 'POST',
      path: '$W?fieldValidation=Strict',
      type: 'application/yaml',
      body: twice('widget'),
    },
    want: {
      code: 400,
      message:
        'strict decoding error: yaml: unmarshal errors:\n  line 7: key "size" already set in map, unknown field "spec.more"',
    },
    because: 'both are told at once',
  },
];

function definitionOf(properties: object): object {
  const schema = { openAPIV3Schema: { type: 'object', properties } };
  return {
    metadata: { name: 'as.g.example.com' },
    spec: {
      group: 'g.example.com',
      scope: 'Cluster',
      names: { plural: 'as', singular: 'a', kind: 'A', listKind: 'AList' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

function matching(pattern: RegExp): { readonly asymmetricMatch: (value: unknown) => boolean } {
  return { asymmetricMatch: (value) => typeof value === 'string' && pattern.test(value) };
}
