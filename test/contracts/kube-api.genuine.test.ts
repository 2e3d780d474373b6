import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { describeKubeApi } from './kube-api.contract.ts';

const url = process.env['GANTRY_KUBE_API_URL'];

if (url === undefined) {
  describe('kube API contract: genuine', () => {
    test.skip('GANTRY_KUBE_API_URL names no server; GANTRY_KUBE_API_TOKEN and GANTRY_KUBE_API_CA go with it', () => {});
  });
} else {
  const token = process.env['GANTRY_KUBE_API_TOKEN'] ?? '';
  const caFile = process.env['GANTRY_KUBE_API_CA'];
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
  describeKubeApi('genuine', async () => ({
    url,
    token,
    ...ca,
    isGenuine: true,
    [Symbol.asyncDispose]: async () => {},
  }));
}
