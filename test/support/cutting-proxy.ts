import { connect, createServer, type Socket } from 'node:net';

/** Which bytes are counted: those to the server or those from it. */
export type Direction = 'up' | 'down';

/** A proxy that passes bytes on until it is told to cut. */
export interface CuttingProxy extends AsyncDisposable {
  /** Host and port. */
  readonly address: string;
  /** Cuts every connection when so many bytes have gone in one direction from now on; the byte itself still goes. */
  arm(direction: Direction, afterBytes: number): void;
  /** Passes everything again; tells how many bytes have gone since it was armed. */
  disarm(): { readonly up: number; readonly down: number };
}

/** Starts a proxy in front of a server. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const [host = '', port = ''] = target.split(':');
  const open = new Set<Socket>();
  const gone = { up: 0, down: 0 };
  let limit: { readonly direction: Direction; readonly afterBytes: number } | undefined;

  const cutAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  const pass = (direction: Direction, from: Socket, to: Socket): void => {
    from.on('data', (chunk: Buffer) => {
      const isLimited = limit?.direction === direction;
      const left = isLimited ? (limit?.afterBytes ?? 0) - gone[direction] : chunk.length;
      const passed = chunk.subarray(0, Math.max(0, left));
      gone[direction] += passed.length;
      if (isLimited && left <= chunk.length) to.write(passed, cutAll);
      else to.write(passed);
    });
    from.on('end', () => to.end());
  };
  const server = createServer((client) => {
    const upstream = connect({ host, port: Number(port), noDelay: true });
    client.setNoDelay(true);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    pass('up', client, upstream);
    pass('down', upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  return {
    address: `127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`,
    arm(direction, afterBytes) {
      Object.assign(gone, { up: 0, down: 0 });
      limit = { direction, afterBytes };
    },
    disarm() {
      limit = undefined;
      return { ...gone };
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      cutAll();
      await closed;
    },
  };
}
