/** The layers and allowed edges of `src`, as data. Each exception stands with its reason. */

/** Which layer each module of `src` is on; lower layers never import higher ones. */
export const layers: Readonly<Record<string, string>> = {
  base: '0',
  api: '1',
  expr: '1',
  flights: '1',
  wire: '1',
  domain: '2',
  ports: '2',
  steps: '3a',
  discovery: '3a',
  analysis: '3a',
  controllers: '3a',
  kube: '3b',
  http: '3b',
  git: '3b',
  oci: '3b',
  helm: '3b',
  forge: '3b',
  argocd: '3b',
  secrets: '3b',
  notify: '3b',
  programs: '3b',
  telemetry: '3b',
  embedded: '3c',
  httpd: '4',
  server: '4',
  webhooks: '4',
  receivers: '4',
  client: '4',
  cli: '4',
  ui: '4',
  main: '5',
};

/** Layers that each layer may import. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  '0': [],
  '1': ['0'],
  '2': ['0', '1'],
  '3a': ['0', '1', '2'],
  '3b': ['0', '1', '2'],
  '3c': ['0', '1', '2'],
  '4': ['0', '1', '2'],
  '5': ['0', '1', '2', '3a', '3b', '3c', '4'],
};

/** Edges allowed beyond the layers, each with its reason. `from` and `to` are folder prefixes below `src`. */
export const exceptions: readonly { readonly from: string; readonly to: string; readonly because: string }[] =
  [
    { from: 'ports', to: 'domain', because: 'ports speak in the result types of the pure rules' },
    { from: 'controllers/promotion', to: 'steps', because: 'its act is the step engine' },
    { from: 'controllers/warehouse', to: 'discovery', because: 'its observe reads shared scans' },
    { from: 'controllers/stage', to: 'analysis', because: 'its act starts metric runs' },
    { from: 'server', to: 'httpd', because: 'mounts on the HTTP server' },
    { from: 'webhooks', to: 'httpd', because: 'mounts on the HTTP server' },
    { from: 'receivers', to: 'httpd', because: 'mounts on the HTTP server' },
    { from: 'cli', to: 'client', because: 'speaks to the API through the typed client' },
    { from: 'ui', to: 'client', because: 'speaks to the API through the typed client' },
    { from: 'cli', to: 'steps', because: 'offline lint and docs read step schemas' },
  ];

/** Third-party packages and the folders below `src` that may import them; vendor types never cross a port. */
export const packageOwners: Readonly<Record<string, readonly string[]>> = {
  '@aws-sdk/client-ecr': ['secrets'],
  '@aws-sdk/credential-providers': ['secrets'],
  '@azure/identity': ['secrets'],
  '@kubernetes/client-node': ['kube'],
  '@marcbachmann/cel-js': ['api/structural'],
  '@noble/hashes': ['base'],
  '@peculiar/x509': ['embedded', 'webhooks', 'main'],
  'cli-table3': ['cli'],
  commander: ['cli', 'main'],
  'fast-json-patch': ['base', 'embedded'],
  fastify: ['httpd'],
  'google-auth-library': ['secrets'],
  'js-yaml': ['base/yaml'],
  lmdb: ['embedded'],
  'lru-cache': ['git', 'helm', 'oci', 'expr', 'discovery', 'steps', 'secrets', 'wire'],
  'node-diff3': ['wire'],
  openpgp: ['git'],
  picocolors: ['cli'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  re2js: ['base', 'expr'],
  'reflect-metadata': ['embedded', 'webhooks', 'main'],
  ssh2: ['git', 'embedded'],
  ulid: ['domain', 'webhooks'],
  undici: ['kube', 'http'],
  yaml: ['base/yaml'],
  zod: ['api', 'steps', 'main', 'cli', 'server', 'webhooks', 'httpd'],
};

/** Folders that reach the network, files or processes are free to use Node; these must stay without it. */
export const pureFolders: readonly string[] = ['base', 'api', 'expr', 'domain', 'ports'];

/** Lines above which a file is asked which two ideas live in it; a hint, printed, never a failure. */
export const lookAgainLines = 400;
