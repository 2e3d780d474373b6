import type { JsonObject } from '../../src/base/index.ts';
import { parseAuthorizedStages } from '../../src/domain/argocd/index.ts';
import {
  freightCollectionId,
  freightName,
  shortenLabelValue,
  shortenResourceName,
} from '../../src/domain/freight/index.ts';
import { comparePromotions } from '../../src/domain/promotion/index.ts';
import { compareOutcome, type Table } from './table.ts';

/** Names made of contents, shortened names, and the order of Promotions. */
export const freightIdTable: Table = {
  name: 'freight-id',
  prepare: () => (row) => {
    const actual = answerTo(row.input);
    if (row.error === true) return { passed: actual === undefined, actual };
    return compareOutcome(row.expect, actual);
  },
};

function answerTo(input: JsonObject): unknown {
  const value = String(input['value'] ?? '');
  switch (input['op']) {
    case 'freight-name':
      return freightName(input['freight'] as JsonObject);
    case 'collection-id':
      return freightCollectionId(input['freightNames'] as readonly string[]);
    case 'shorten-label-value':
      return shortenLabelValue(value);
    case 'shorten-resource-name':
      return shortenResourceName(value);
    case 'authorized-stages':
      return parseAuthorizedStages(value)?.map((item) => `${item.project}/${item.stage}`);
    case 'compare-promotions':
      return Math.sign(comparePromotions(toPromotion(input['a']), toPromotion(input['b'])));
    default:
      throw new Error(`unknown operation ${String(input['op'])}`);
  }
}

function toPromotion(given: unknown) {
  const { name, phase } = given as { readonly name: string; readonly phase: string };
  return { metadata: { name }, status: { phase } };
}
