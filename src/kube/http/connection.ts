/** TLS settings of a connection; PEM texts or bytes. */
export interface TlsSettings {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly serverName?: string;
  readonly rejectUnauthorized?: boolean;
}

/** What authenticates a request at this moment. */
export interface ConnectionAuth {
  /** A list is sent as one header each. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly tls: TlsSettings;
}

/** Where an API server is and how this process proves who it is. */
export interface Connection {
  /** Without a trailing slash, e.g. "https://10.0.0.1:6443". */
  readonly server: string;
  readonly proxyUrl?: string;
  /** Current credentials; `isRefused` asks for new ones because the server has just answered 401. */
  authenticate(isRefused: boolean): Promise<ConnectionAuth>;
}

/** A connection spelled out by the caller, without a kubeconfig. */
export interface PlainConnection {
  readonly server: string;
  readonly token?: string;
  /** PEM text of the certificate authority. */
  readonly caData?: string;
}

/** A connection that never changes its credentials. */
export function createPlainConnection(plain: PlainConnection): Connection {
  const headers: Record<string, string> = {};
  if (plain.token !== undefined) headers['authorization'] = `Bearer ${plain.token}`;
  const auth: ConnectionAuth = { headers, tls: plain.caData === undefined ? {} : { ca: plain.caData } };
  return { server: plain.server.replace(/\/+$/, ''), authenticate: () => Promise.resolve(auth) };
}
