import type { Advertisement } from '../wire/git/index.ts';
import type { Call, Carrier, Next } from './carrier.ts';
import { parseRemoteUrl } from './url.ts';

/** Picks the carrier by the kind of URL. */
export class Carriers implements Carrier {
  readonly #http: Carrier;
  readonly #ssh: Carrier;

  constructor({ http, ssh }: { readonly http: Carrier; readonly ssh: Carrier }) {
    this.#http = http;
    this.#ssh = ssh;
  }

  async exchange<Answer>(
    call: Call,
    next: (advertisement: Advertisement) => Promise<Next<Answer>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    const carrier = parseRemoteUrl(call.remote).kind === 'ssh' ? this.#ssh : this.#http;
    return carrier.exchange(call, next, signal);
  }
}
