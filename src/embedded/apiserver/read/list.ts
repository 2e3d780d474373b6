import type { JsonObject } from '../../../base/index.ts';
import type { ServerContext } from '../context.ts';
import { nameOf, namespaceOf } from '../json-path.ts';
import { encode, present } from '../present.ts';
import type { ResourceRequest } from '../request.ts';
import { apiVersionOf } from '../resource.ts';
import { badRequest, expired, futureRevision, invalid } from '../status.ts';
import type { StoreList } from '../storage.ts';
import { type Display, toPartial, toTable } from './forms.ts';
import { parseSelection } from './select.ts';

const expiredContinue =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

interface ContinueToken {
  /** -1: go on at the present state. */
  readonly revision: number;
  /** The last key of the page before. */
  readonly after: string;
}

/** A page of a collection. */
export interface Page {
  readonly items: readonly JsonObject[];
  readonly metadata: JsonObject;
}

const keyOf = (object: JsonObject): string => `${namespaceOf(object) ?? ''}/${nameOf(object)}`;

/** Reads a page of stored objects by the limits, selectors and version rules of the request. */
export function readPage(context: ServerContext, request: ResourceRequest): Page {
  const { query, resource } = request;
  const limit = Number(query.get('limit') ?? 0);
  const token = parseToken(query);
  const { items, revision } = readState(context, request, token);
  const selection = parseSelection(resource, query, undefined);
  const after = token?.after;
  const wanted = items.filter(
    (item) => (after === undefined || keyOf(item) > after) && selection.matches(item),
  );
  const metadata = { resourceVersion: String(revision) };
  const page = limit > 0 ? wanted.slice(0, limit) : wanted;
  const last = page.at(-1);
  if (last === undefined || page.length === wanted.length) return { items: page, metadata };
  const remaining = selection.isAll ? { remainingItemCount: wanted.length - page.length } : {};
  const next = formatToken({ revision, after: keyOf(last) });
  return { items: page, metadata: { ...metadata, continue: next, ...remaining } };
}

/** The JSON text of a page in the form asked for. */
export function showPage(
  context: ServerContext,
  request: ResourceRequest,
  { page, display }: { readonly page: Page; readonly display: Display },
): string {
  const { resource } = request;
  const { items, metadata } = page;
  if (display.form === 'table')
    return JSON.stringify(toTable(context, resource, { items, metadata, display }));
  if (display.form === 'partial') {
    const partial = items.map((item) => toPartial(present(resource, item)));
    const kind = 'PartialObjectMetadataList';
    return JSON.stringify({ kind, apiVersion: 'meta.k8s.io/v1', metadata, items: partial });
  }
  const head = JSON.stringify({ apiVersion: apiVersionOf(resource), kind: resource.listKind, metadata });
  const texts = items.map((item) => encode(present(resource, item)));
  return `${head.slice(0, -1)},"items":[${texts.join(',')}]}`;
}

function readState(
  context: ServerContext,
  request: ResourceRequest,
  token: ContinueToken | undefined,
): StoreList {
  const { store } = context;
  const { query, resource, namespace } = request;
  const scope = resource.namespaced ? namespace : undefined;
  assertVersionRules(query);
  if (token !== undefined) {
    if (token.revision < 0) return store.list(resource.storage, scope);
    const state = store.listAt(resource.storage, scope, token.revision);
    if (state !== 'expired') return state;
    throw expired(expiredContinue, { continue: formatToken({ ...token, revision: -1 }) });
  }
  const asked = Number(query.get('resourceVersion') ?? 0);
  if (asked > store.revision()) throw futureRevision(asked, store.revision());
  if (query.get('resourceVersionMatch') !== 'Exact') return store.list(resource.storage, scope);
  const state = store.listAt(resource.storage, scope, asked);
  if (state !== 'expired') return state;
  throw expired('The resourceVersion for the provided list is too old.');
}

function assertVersionRules(query: URLSearchParams): void {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const refuse = (field: string, message: string): never => {
    const reason = message.startsWith('Forbidden') ? 'FieldValueForbidden' : 'FieldValueNotSupported';
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [{ field, reason, message }]);
  };
  if (query.get('sendInitialEvents') !== null) {
    refuse('sendInitialEvents', 'Forbidden: sendInitialEvents is forbidden for list');
  }
  if (match === '') return;
  const field = 'resourceVersionMatch';
  if (version === '')
    refuse(field, 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
  if ((query.get('continue') ?? '') !== '') {
    refuse(field, 'Forbidden: resourceVersionMatch is forbidden when continue is provided');
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    refuse(
      field,
      `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    );
  }
  if (match === 'Exact' && version === '0') {
    refuse(field, 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

function formatToken(token: ContinueToken): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.revision, start: token.after });
  return Buffer.from(text, 'utf8').toString('base64url');
}

function parseToken(query: URLSearchParams): ContinueToken | undefined {
  const text = query.get('continue') ?? '';
  if (text === '') return undefined;
  const version = query.get('resourceVersion') ?? '';
  if (version !== '' && version !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  try {
    const parsed: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && 'rv' in parsed && 'start' in parsed) {
      const { rv, start } = parsed;
      if (typeof rv === 'number' && typeof start === 'string') return { revision: rv, after: start };
    }
  } catch {
    // Falls through to the one refusal of a token that is not ours.
  }
  throw badRequest('continue key is not valid: unexpected form');
}
