import { orAbort } from '../../flights/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { SshConnection } from './connection.ts';

/** How many connections there are, and for how long. */
export interface PoolLimits {
  /** Programs that run at once on one connection; servers usually allow ten. */
  readonly maxChannels: number;
  /** Connections to one host as one user with one key. */
  readonly maxConnections: number;
  /** How long a connection that nobody uses is kept. */
  readonly idleTimeoutMs: number;
}

/** The right to run one program on a connection. */
export interface Lease {
  readonly connection: SshConnection;
  /** Was the connection open before? Then it may have died unnoticed. */
  readonly isReused: boolean;
  /** While all who have a place rest, the connection does not keep the process alive. */
  rest(isResting: boolean): void;
  /** Gives it back; a connection that is of no use any more is closed. */
  release(isUsable: boolean): void;
}

interface Slot {
  readonly opened: Promise<SshConnection>;
  connection: SshConnection | undefined;
  active: number;
  resting: number;
  uses: number;
  stopIdle: () => void;
}

interface Target {
  readonly slots: Set<Slot>;
  /** Whoever waits for a place, in turn. */
  readonly waiting: (() => void)[];
}

/**
 * Keeps connections, so that a login is paid once: equal requests share one, up to the limits, in turn.
 *
 * Guarantees: a waiter that gives up disturbs nobody; idle connections never keep the process alive.
 */
export class ConnectionPool {
  readonly #clock: Clock;
  readonly #limits: PoolLimits;
  readonly #targets = new Map<string, Target>();

  constructor(clock: Clock, limits: PoolLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** A place on a connection named `key`; `open` is called when a new one is needed, and limits itself. */
  async lease(key: string, open: () => Promise<SshConnection>, signal: AbortSignal): Promise<Lease> {
    for (;;) {
      signal.throwIfAborted();
      const target = this.#targets.get(key) ?? { slots: new Set(), waiting: [] };
      const slot = this.#pick(target, key, open);
      if (slot === undefined) {
        await waitForTurn(target.waiting, signal);
        // A turn that came too late is somebody else's.
        if (signal.aborted) target.waiting.shift()?.();
        continue;
      }
      const isReused = slot.uses++ > 0;
      slot.active++;
      slot.stopIdle();
      try {
        const connection = await orAbort(slot.opened, signal);
        connection.hold(true);
        return {
          connection,
          isReused,
          rest: (isResting) => {
            slot.resting += isResting ? 1 : -1;
            connection.hold(slot.active > slot.resting);
          },
          release: (isUsable) => this.#release(key, target, slot, isUsable),
        };
      } catch (error) {
        this.#release(key, target, slot, true);
        throw error;
      }
    }
  }

  /** Closes what nobody uses; what is in use ends with its user. */
  close(): void {
    for (const [key, target] of this.#targets) {
      for (const slot of target.slots) {
        if (slot.active === 0) this.#drop(key, target, slot);
        else this.#forget(key, target, slot);
      }
    }
  }

  #pick(target: Target, key: string, open: () => Promise<SshConnection>): Slot | undefined {
    for (const slot of target.slots) {
      if (slot.connection?.isOpen === false) this.#forget(key, target, slot);
      else if (slot.active < this.#limits.maxChannels) return slot;
    }
    if (target.slots.size >= this.#limits.maxConnections) return undefined;
    const slot: Slot = {
      opened: open(),
      connection: undefined,
      active: 0,
      resting: 0,
      uses: 0,
      stopIdle: () => undefined,
    };
    target.slots.add(slot);
    // The last dead one may have taken the target with it.
    this.#targets.set(key, target);
    slot.opened.then(
      (connection) => {
        slot.connection = connection;
        if (!target.slots.has(slot)) connection.close();
      },
      () => this.#forget(key, target, slot),
    );
    return slot;
  }

  #release(key: string, target: Target, slot: Slot, isUsable: boolean): void {
    slot.active--;
    if (!isUsable || slot.connection?.isOpen === false) this.#forget(key, target, slot);
    if (slot.active === 0) {
      if (!target.slots.has(slot)) slot.connection?.close();
      else {
        slot.connection?.hold(false);
        slot.stopIdle = this.#clock.schedule(this.#limits.idleTimeoutMs, () => this.#drop(key, target, slot));
      }
    }
    target.waiting.shift()?.();
  }

  #drop(key: string, target: Target, slot: Slot): void {
    slot.stopIdle();
    slot.connection?.close();
    this.#forget(key, target, slot);
  }

  /** Nobody new comes to it; it is closed when the last one has left. */
  #forget(key: string, target: Target, slot: Slot): void {
    target.slots.delete(slot);
    const isEmpty = target.slots.size === 0 && target.waiting.length === 0;
    if (isEmpty && this.#targets.get(key) === target) this.#targets.delete(key);
  }
}

function waitForTurn(waiting: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      const at = waiting.indexOf(start);
      if (at >= 0) waiting.splice(at, 1);
      reject(signal.reason);
    };
    const start = (): void => {
      signal.removeEventListener('abort', stop);
      resolve();
    };
    waiting.push(start);
    signal.addEventListener('abort', stop, { once: true });
  });
}
