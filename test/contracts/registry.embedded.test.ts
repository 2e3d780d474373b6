import { createEmbeddedRegistry } from '../../src/embedded/registry/index.ts';
import { createSystemClock } from '../../src/telemetry/index.ts';
import { startTestServer } from '../support/http-server.ts';
import { describeRegistry, type RegistryUnderTest } from './registry.contract.ts';

const user = { username: 'robot', password: 's3cret' };

describeRegistry('embedded, open', () => start(false));
describeRegistry('embedded, basic authentication', () => start(true));

async function start(isGuarded: boolean): Promise<RegistryUnderTest> {
  const options = isGuarded ? { auth: { kind: 'basic' as const, ...user } } : {};
  const registry = createEmbeddedRegistry({ clock: createSystemClock() }, options);
  const server = await startTestServer((request, response) => {
    registry.handle(request, response);
  });
  return {
    url: server.url,
    ...(isGuarded ? { credential: { identity: 'secret test/robot', ...user } } : {}),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
