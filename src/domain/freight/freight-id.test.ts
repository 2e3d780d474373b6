import { describe, expect, test } from 'vitest';
import { readTable } from '../../../test/support/tables.ts';
import { parseAuthorizedStages } from '../argocd/index.ts';
import { comparePromotions } from '../promotion/index.ts';
import { freightCollectionId, freightName } from './name.ts';
import { shortenLabelValue, shortenResourceName } from './shorten.ts';

// The rows are data of several shapes, one per operation.
interface Row {
  readonly op: string;
  readonly value: string;
  readonly freight: object;
  readonly freightNames: readonly string[];
  readonly a: { readonly name: string; readonly phase: string };
  readonly b: { readonly name: string; readonly phase: string };
}

const table = readTable<Row>('freight-id.jsonl');

describe.skipIf(table === undefined)('names and orders of the original (table freight-id)', () => {
  test.each((table ?? []).map((row) => [row.id, row] as const))('%s', (_id, row) => {
    const answer = answerTo(row.input);
    if (row.error === true) expect(answer).toBeUndefined();
    else expect(answer).toEqual(row.expect);
  });
});

function answerTo(input: Row): unknown {
  if (input.op === 'freight-name') return freightName(input.freight);
  if (input.op === 'collection-id') return freightCollectionId(input.freightNames);
  if (input.op === 'shorten-label-value') return shortenLabelValue(input.value);
  if (input.op === 'shorten-resource-name') return shortenResourceName(input.value);
  if (input.op === 'authorized-stages')
    return parseAuthorizedStages(input.value)?.map((item) => `${item.project}/${item.stage}`);
  return Math.sign(comparePromotions(toPromotion(input.a), toPromotion(input.b)));
}

function toPromotion({ name, phase }: { readonly name: string; readonly phase: string }) {
  return { metadata: { name }, status: { phase } };
}
