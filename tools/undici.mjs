// What the program uses of undici, and nothing else: its own entry also loads fetch, caches, cookies and web sockets, which
// cost memory and some of the start. The bundle takes this in its place.
import api from 'undici/lib/api/index.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

Object.assign(Dispatcher.prototype, api);

export { default as buildConnector } from 'undici/lib/core/connect.js';
export { Agent, ProxyAgent };
