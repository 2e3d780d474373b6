/** How the certificate of one request's server is checked; without it, the process's own trust applies. */
export interface HttpTls {
  /** Accept any certificate; only where a manifest or an operator asks for it. */
  readonly insecureSkipVerify?: boolean;
  /** Certificates to trust in addition to the process's own, in PEM. */
  readonly caPem?: string;
}

/** A request over HTTP or HTTPS. */
export interface HttpRequest {
  /** Upper case, e.g. "GET". */
  readonly method: string;
  /** Absolute; user and password in it are refused, put them into headers. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An iterable is sent chunked and cannot follow a redirect that repeats it. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * "follow" (the default) follows up to five redirects and drops credentials when the origin changes; "return" gives
   * the redirect to the caller; "refuse" raises http.redirect-refused.
   */
  readonly redirect?: 'follow' | 'return' | 'refuse';
  /** `request`: for the whole exchange. `stream`: until the headers, then the longest silence between two chunks. */
  readonly timeoutMs?: number;
  /** The largest body of the answer that is accepted. */
  readonly maxBodyBytes?: number;
  readonly tls?: HttpTls;
}

/** What both kinds of answer have. */
export interface HttpHead {
  readonly status: number;
  /** Where the answer came from, after redirects. */
  readonly url: string;
  /** Names in lower case; repeated headers are joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer that has been read to its end. */
export interface HttpResponse extends HttpHead {
  readonly body: Uint8Array;
}

/** An answer whose body is read by the caller; leaving the loop early closes the connection. */
export interface HttpStream extends HttpHead {
  readonly body: AsyncIterable<Uint8Array>;
}

/** The codes of the errors that `HttpClient` raises. */
export type HttpErrorCode =
  | 'http.invalid-request'
  | 'http.unreachable'
  | 'http.tls-failed'
  | 'http.timeout'
  | 'http.too-large'
  | 'http.redirect-refused';

/** The codes of the errors that `HostBudgets` raises. */
export type HostBudgetErrorCode = 'http.host-paused' | 'http.host-busy';

/**
 * Speaks HTTP/1.1 to the outside; every status is an answer, never an error.
 *
 * Limits: each call has a time limit and a body limit, also where the request names none.
 * Guarantees: connections are kept alive per origin; a host that the operator has mapped to an address is never
 * contacted elsewhere; credentials never cross origins; nothing is retried.
 * Errors: the codes of `HttpErrorCode`; the reason of the signal when it is aborted.
 */
export interface HttpClient {
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>;
  stream(request: HttpRequest, signal: AbortSignal): Promise<HttpStream>;
}
