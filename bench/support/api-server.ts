// A process with the embedded API server alone, on a data folder: `node tools/run.mjs bench/support/api-server.ts FOLDER`.
// Prints one JSON line when it serves.
import { createApiServer, openDataFolder } from '../../src/embedded/apiserver/index.ts';
import { createPinoLog, createSystemClock, createSystemRandom } from '../../src/telemetry/index.ts';
import { createTestTls } from '../../test/support/tls.ts';

const data = await openDataFolder(process.argv[2] ?? '');
const tls = await createTestTls(['127.0.0.1']);
const token = 'bench';
const log = createPinoLog({ level: 'warn', write: (line) => void process.stderr.write(line) });
const deps = { clock: createSystemClock(), random: createSystemRandom(), log, store: data.store };
const server = await createApiServer(deps, { token, tls, authorization: 'rbac' });
process.stdout.write(`${JSON.stringify({ url: server.url, token, ca: tls.ca })}\n`);
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => data.close())
    .then(() => process.exit(0));
});
