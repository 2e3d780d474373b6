/**
 * Cuts every test off from the developer's machine: no git configuration, no proxies, no kubeconfig, fixed locale.
 * Loaded by vitest before each test file.
 */
const cleared = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'KUBECONFIG',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
];
for (const name of cleared) delete process.env[name];
process.env['GIT_CONFIG_NOSYSTEM'] = '1';
process.env['GIT_CONFIG_GLOBAL'] = '/dev/null';
process.env['GIT_TERMINAL_PROMPT'] = '0';
