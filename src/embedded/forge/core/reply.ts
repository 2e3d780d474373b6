import type { OutgoingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../../base/index.ts';

/** An answer of an API. */
export interface Reply {
  readonly status: number;
  readonly body?: JsonObject | readonly JsonObject[];
  readonly headers?: OutgoingHttpHeaders;
}
