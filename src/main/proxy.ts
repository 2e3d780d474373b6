import { BlockList, isIP, isIPv6 } from 'node:net';

import type { Settings } from './settings.ts';

/** The variables that `createProxyRule` reads, of those that a process was started with. */
export function proxySettings(settings: Settings): Readonly<Record<string, string | undefined>> {
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY } = settings;
  return { HTTPS_PROXY, HTTP_PROXY, NO_PROXY };
}

/** Tells through which proxy a URL is reached; `undefined` without one. */
export type ProxyRule = (url: string) => string | undefined;

/**
 * The rule that HTTPS_PROXY, HTTP_PROXY and NO_PROXY state, in either case, with the meaning that Kubernetes's own
 * programs give them: names with their subdomains, ".suffix", addresses, CIDR blocks, "host:port" and "*"; what is on
 * this machine is never reached through a proxy.
 */
export function createProxyRule(environment: Readonly<Record<string, string | undefined>>): ProxyRule {
  const read = (name: string): string => environment[name] || environment[name.toLowerCase()] || '';
  const proxies: Readonly<Record<string, string>> = {
    'https:': read('HTTPS_PROXY'),
    'http:': read('HTTP_PROXY'),
  };
  const exceptions = read('NO_PROXY')
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  return (text) => {
    const url = new URL(text);
    const proxy = proxies[url.protocol] ?? '';
    if (proxy === '' || isLocal(hostOf(url))) return undefined;
    if (exceptions.some((entry) => isExcepted(url, entry))) return undefined;
    return proxy.includes('://') ? proxy : `http://${proxy}`;
  };
}

/** The host without the brackets of IPv6 addresses. */
function hostOf(url: URL): string {
  return url.hostname.toLowerCase().replace(/^\[|\]$/g, '');
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function isExcepted(url: URL, entry: string): boolean {
  const host = hostOf(url);
  if (entry === '*') return true;
  if (entry.includes('/')) return isInBlock(host, entry);
  if (isIP(entry) !== 0) return host === entry;
  const { name = '', port } = /^(?<name>.*?)(?::(?<port>\d+))?$/.exec(entry)?.groups ?? {}; // e.g. "kube.local:6443"
  const ownPort = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  if (port !== undefined && port !== ownPort) return false;
  const suffix = name.replace(/^\*?\./, '');
  const isSuffixOnly = suffix !== name;
  return (!isSuffixOnly && host === suffix) || host.endsWith(`.${suffix}`);
}

function isInBlock(host: string, block: string): boolean {
  const [address = '', bits = ''] = block.split('/');
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (isIP(host) === 0 || isIP(address) === 0 || isIP(host) !== isIP(address)) return false;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 'ipv6' ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family);
  return list.check(host, family);
}
