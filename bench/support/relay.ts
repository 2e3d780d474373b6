import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A relay in front of a server. */
export interface Relay {
  /** E.g. "127.0.0.1:40123". */
  readonly address: string;
  close(): Promise<void>;
}

/** Relays connections to an address; every piece of an answer comes so many milliseconds later, in order. */
export async function startRelay(target: string, latencyMs: number): Promise<Relay> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay(true));
      socket.once('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    }
    client.pipe(upstream);
    upstream.on('data', (piece) => setTimeout(() => client.writable && client.write(piece), latencyMs));
    upstream.once('end', () => setTimeout(() => client.end(), latencyMs));
    client.once('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
