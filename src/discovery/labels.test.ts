import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { imageSubscription } from '../api/v1alpha1/index.ts';
import { AppError } from '../base/index.ts';
import type { Registry } from '../ports/index.ts';
import { createImageDiscovery } from './index.ts';

const signal = AbortSignal.timeout(20_000);
const damaged = new AppError('oci.protocol', 'config is not a JSON object', { disposition: 'stop' });
const gone = new AppError('oci.unreachable', 'no route', { disposition: 'retry' });

/** A registry with two images, of which the newer one answers questions for its labels so. */
function registryWith(newer: Readonly<Record<string, string>> | AppError): Registry {
  return {
    listTags: async () => ['1.0.0', '2.0.0'],
    readTag: async (_, tag) => ({
      digest: `sha256:${tag}`,
      createdAtMs: 0,
      annotations: { stated: 'by the manifest' },
      platforms: undefined,
    }),
    readLabels: async (_, digest) => {
      if (digest === 'sha256:1.0.0') return { rev: 'a', other: 'unasked', stated: 'by a label' };
      if (newer instanceof AppError) throw newer;
      return newer;
    },
  };
}

const older = { tag: '1.0.0', annotations: { stated: 'by the manifest', rev: 'a' } };
const rows: {
  name: string;
  newer: Readonly<Record<string, string>> | AppError;
  want: object | string;
  because: string;
}[] = [
  {
    name: 'labels fill what annotations do not say',
    newer: { rev: 'b' },
    want: {
      images: [{ tag: '2.0.0', annotations: { stated: 'by the manifest', rev: 'b' } }, older],
      skipped: [],
    },
    because: 'an annotation counts first, and what nobody asked for is left out',
  },
  {
    name: 'an image has no such label',
    newer: {},
    want: { images: [{ tag: '2.0.0', annotations: { stated: 'by the manifest' } }, older], skipped: [] },
    because: 'it belongs to no group',
  },
  {
    name: 'the labels of one image cannot be read',
    newer: damaged,
    want: {
      images: [{ tag: '2.0.0', annotations: { stated: 'by the manifest' } }, older],
      skipped: [{ tag: '2.0.0', problem: 'config is not a JSON object' }],
    },
    because: 'it is named, and does its neighbors no harm',
  },
  {
    name: 'the registry cannot be reached',
    newer: gone,
    want: 'oci.unreachable',
    because: 'it may be there in a minute',
  },
];
test.each(rows)('$name', async ({ newer, want, because }) => {
  const credentials = { find: async () => undefined };
  const discovery = createImageDiscovery({
    registry: registryWith(newer),
    credentials,
    clock: createManualClock(),
  });
  const subscription = imageSubscription.parse({ repoURL: 'ghcr.io/example/app' });
  const look = { project: 'demo', subscription, notBeforeMs: 0, labels: ['rev', 'stated'] };
  const found = await discovery
    .discover(look, signal)
    .then(({ images, skipped }) => ({ images, skipped }))
    .catch((error: AppError) => error.code);
  if (typeof want === 'string') expect(found, because).toBe(want);
  else expect(found, because).toMatchObject(want);
});
