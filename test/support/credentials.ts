import {
  type CredentialsDeps,
  type CredentialsOptions,
  type CredentialsParts,
  createCredentials,
} from '../../src/secrets/index.ts';
import { createManualClock } from './manual-clock.ts';
import { createRecordingLog } from './recording-log.ts';

/** A search for credentials in a world where everything that is not given is absent. */
export function createTestCredentials(
  given: Partial<CredentialsDeps>,
  options: CredentialsOptions = {},
): CredentialsParts {
  const absent = (what: string) => () => Promise.reject(new Error(`there is no ${what} in this test`));
  return createCredentials(
    {
      reader: { getLive: async () => undefined, listLive: async () => [] },
      http: { request: absent('network'), stream: absent('network') },
      clock: createManualClock(),
      log: createRecordingLog(),
      programs: { run: absent('program') },
      environment: {},
      readFile: (path) => {
        throw new Error(`there is no file ${path} in this test`);
      },
      ...given,
    },
    options,
  );
}
