import { expect, test } from 'vitest';
import { createManualClock } from '../../../test/support/manual-clock.ts';
import type { SshConnection } from './connection.ts';
import { ConnectionPool } from './pool.ts';

const { signal } = new AbortController();
const limits = { maxChannels: 2, maxConnections: 2, idleTimeoutMs: 1_000 };

interface TestConnection extends SshConnection {
  isOpen: boolean;
  isHeld: boolean;
}

function createConnection(): TestConnection {
  return {
    isOpen: true,
    isHeld: false,
    exec: () => Promise.reject(new Error('not here')),
    hold(isHeld) {
      this.isHeld = isHeld;
    },
    close() {
      this.isOpen = false;
    },
  };
}

function createWorld() {
  const clock = createManualClock();
  const opened: TestConnection[] = [];
  const pool = new ConnectionPool(clock, limits);
  const open = async (): Promise<SshConnection> => {
    const connection = createConnection();
    opened.push(connection);
    return connection;
  };
  return { clock, opened, pool, lease: (at = signal) => pool.lease('a', open, at) };
}

test('equal requests share a connection up to its limit, then another one is made, then they wait', async () => {
  const { opened, lease } = createWorld();
  const leases = await Promise.all([lease(), lease(), lease(), lease()]);
  expect(opened).toHaveLength(2);
  expect(leases.map(({ isReused }) => isReused)).toEqual([false, true, false, true]);
  let isServed = false;
  const fifth = lease().then((one) => {
    isServed = true;
    return one;
  });
  await Promise.resolve();
  expect(isServed).toBe(false);
  leases[3]?.release(true);
  expect((await fifth).connection).toBe(leases[3]?.connection);
  expect(opened).toHaveLength(2);
});

test('who waits is served in turn, and who gives up takes nobody’s turn', async () => {
  const { lease } = createWorld();
  const leases = await Promise.all([lease(), lease(), lease(), lease()]);
  const abort = new AbortController();
  const served: string[] = [];
  const first = lease(abort.signal).catch(() => served.push('gave up'));
  const second = lease().then(() => served.push('second'));
  const third = lease().then(() => served.push('third'));
  abort.abort(new Error('enough'));
  await first;
  leases[0]?.release(true);
  await second;
  leases[1]?.release(true);
  await third;
  expect(served).toEqual(['gave up', 'second', 'third']);
});

test('a connection that nobody uses does not hold the process, and is closed in time', async () => {
  const { clock, opened, lease } = createWorld();
  const one = await lease();
  expect(opened[0]?.isHeld).toBe(true);
  one.release(true);
  expect(opened[0]).toMatchObject({ isHeld: false, isOpen: true });
  await clock.advance(999);
  const again = await lease();
  expect(again.isReused).toBe(true);
  await clock.advance(5_000);
  expect(opened[0]).toMatchObject({ isHeld: true, isOpen: true });
  again.rest(true);
  expect(opened[0]).toMatchObject({ isHeld: false, isOpen: true });
  again.rest(false);
  again.release(true);
  await clock.advance(1_000);
  expect(opened[0]?.isOpen).toBe(false);
  await lease();
  expect(opened).toHaveLength(2);
});

test('a connection that died, or was found to be of no use, is not given to anybody else', async () => {
  const { opened, lease } = createWorld();
  const one = await lease();
  if (opened[0] !== undefined) opened[0].isOpen = false;
  expect((await lease()).connection).toBe(opened[1]);
  const other = await lease();
  expect(other.connection).toBe(opened[1]);
  other.release(false);
  expect(opened[1]?.isOpen, 'somebody still uses it').toBe(true);
  expect((await lease()).connection).toBe(opened[2]);
  one.release(true);
});

test('a login that fails is told to all who wait for it, and tried again by the next', async () => {
  const pool = new ConnectionPool(createManualClock(), limits);
  let count = 0;
  const open = async (): Promise<SshConnection> => {
    count++;
    if (count === 1) throw new Error('refused');
    return createConnection();
  };
  const outcomes = await Promise.allSettled([pool.lease('a', open, signal), pool.lease('a', open, signal)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await pool.lease('a', open, signal)).isReused).toBe(false);
  expect(count).toBe(2);
});

test('closing closes what is not in use, and the rest when it is given back', async () => {
  const { opened, pool, lease } = createWorld();
  (await lease()).release(true);
  pool.close();
  expect(opened[0]?.isOpen).toBe(false);
  const one = await lease();
  pool.close();
  expect(opened[1]?.isOpen).toBe(true);
  expect((await lease()).connection, 'nobody new comes to it').toBe(opened[2]);
  one.release(true);
  expect(opened[1]?.isOpen).toBe(false);
});
