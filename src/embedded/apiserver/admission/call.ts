import { Agent, request as httpsRequest } from 'node:https';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { objectAt, textAt } from '../json-path.ts';
import type { Webhook } from './webhooks.ts';

const maxAnswerBytes = 16 * 1024 * 1024;
const agents = new WeakMap<ServerContext, Map<string, Agent>>();

/** Why a webhook has given no answer. */
export class WebhookFailure extends Error {}

/** Asks a webhook over HTTPS; an answer that is none is a WebhookFailure. */
export async function callWebhook(
  context: ServerContext,
  webhook: Webhook,
  review: JsonObject,
): Promise<JsonObject> {
  const url = addressOf(context, webhook);
  url.searchParams.set('timeout', `${webhook.timeoutMs / 1000}s`);
  const ca = textAt(webhook.clientConfig, 'caBundle');
  const text = await post(url, JSON.stringify(review), { agent: agentFor(context, ca), webhook });
  let answer: JsonValue;
  try {
    answer = JSON.parse(text) as JsonValue;
  } catch {
    throw new WebhookFailure('the answer is not JSON');
  }
  const response = objectAt(answer, 'response');
  if (textAt(response, 'uid') !== textAt(review, 'request', 'uid')) {
    throw new WebhookFailure(`expected response.uid="${textAt(review, 'request', 'uid')}"`);
  }
  if (!isJsonObject(response) || typeof response['allowed'] !== 'boolean') {
    throw new WebhookFailure('the answer has no response.allowed');
  }
  return response;
}

function addressOf(context: ServerContext, webhook: Webhook): URL {
  const service = webhook.clientConfig['service'];
  const text = isJsonObject(service)
    ? context.options.resolveService?.(service)
    : textAt(webhook.clientConfig, 'url');
  if (text === undefined) {
    const name = `${textAt(service, 'namespace')}/${textAt(service, 'name')}`;
    throw new WebhookFailure(
      `service "${name}" cannot be reached: this server resolves no services; use clientConfig.url`,
    );
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') throw new WebhookFailure(`"${text}" is not an https address`);
  return url;
}

function agentFor(context: ServerContext, caBundle: string | undefined): Agent {
  const known = agents.get(context) ?? new Map<string, Agent>();
  if (!agents.has(context)) {
    agents.set(context, known);
    context.closing.addEventListener('abort', () => {
      for (const agent of known.values()) agent.destroy();
    });
  }
  const key = caBundle ?? '';
  const ca = caBundle === undefined ? undefined : Buffer.from(caBundle, 'base64').toString('utf8');
  const agent =
    known.get(key) ?? new Agent({ keepAlive: true, maxSockets: 32, ...(ca === undefined ? {} : { ca }) });
  known.set(key, agent);
  return agent;
}

async function post(
  url: URL,
  body: string,
  { agent, webhook }: { readonly agent: Agent; readonly webhook: Webhook },
): Promise<string> {
  const signal = AbortSignal.timeout(webhook.timeoutMs);
  for (;;) {
    const answer = await postOnce(url, body, { agent, signal });
    // The webhook had closed the idle connection at that moment; it has not seen the request.
    if (answer !== 'closed before') return answer.text;
  }
}

function postOnce(
  url: URL,
  body: string,
  { agent, signal }: { readonly agent: Agent; readonly signal: AbortSignal },
): Promise<{ readonly text: string } | 'closed before'> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new WebhookFailure(`Post "${url.href}": ${why}`));
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const request = httpsRequest(url, { method: 'POST', agent, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswerBytes) request.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      response.on('error', (error) => fail(error.message));
      response.on('end', () => {
        const code = response.statusCode ?? 0;
        if (code >= 200 && code < 300) resolve({ text: Buffer.concat(chunks).toString('utf8') });
        else fail(`an error on the server ("") has prevented the request from succeeding (status ${code})`);
      });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      if (request.reusedSocket && error.code === 'ECONNRESET') resolve('closed before');
      else fail(signal.aborted ? 'context deadline exceeded' : error.message);
    });
    request.end(body);
  });
}
