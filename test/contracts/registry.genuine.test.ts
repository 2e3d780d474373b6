import { describe } from 'vitest';
import { hasDockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { describeRegistry } from './registry.contract.ts';

describe.skipIf(!hasDockerRegistry)('docker-registry (skipped where it is not on the PATH)', () => {
  describeRegistry('docker-registry', startDockerRegistry);
});
