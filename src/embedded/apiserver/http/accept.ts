import { notAcceptable } from '../status.ts';

/** The form in which objects are answered. */
export type Form = 'object' | 'table' | 'partial';

interface AcceptClause {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Parses an Accept header in its order; weights are not looked at, as no client of ours sends them. */
function parseAccept(header: string | undefined): readonly AcceptClause[] {
  if (header === undefined || header.trim() === '') return [{ type: '*/*', parameters: {} }];
  return header.split(',').map((clause) => {
    const [type = '', ...rest] = clause.split(';').map((part) => part.trim());
    const parameters = Object.fromEntries(
      rest.map((part) => {
        const [name = '', value = ''] = part.split('=');
        return [name.trim(), value.trim()];
      }),
    );
    return { type: type.toLowerCase(), parameters };
  });
}

const isJson = (clause: AcceptClause): boolean =>
  ['application/json', '*/*', 'application/*'].includes(clause.type);

/** The first form that the client accepts; a 406 Status when there is none. */
export function negotiateForm(header: string | undefined): Form {
  for (const clause of parseAccept(header)) {
    if (!isJson(clause)) continue;
    const as = clause.parameters['as'];
    if (as === undefined) return 'object';
    if (clause.parameters['g'] !== 'meta.k8s.io' || clause.parameters['v'] !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'partial';
  }
  throw notAcceptable(['application/json']);
}

/** Does the client prefer aggregated discovery in the version served? */
export function wantsAggregatedDiscovery(header: string | undefined): boolean {
  for (const { type, parameters } of parseAccept(header)) {
    if (type !== 'application/json' && type !== '*/*') continue;
    if (parameters['as'] === undefined) return false;
    const isAggregated = parameters['as'] === 'APIGroupDiscoveryList';
    if (isAggregated && parameters['g'] === 'apidiscovery.k8s.io' && parameters['v'] === 'v2') return true;
  }
  return false;
}
