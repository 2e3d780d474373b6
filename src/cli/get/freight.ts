import { type Freight, freights } from '../../api/v1alpha1/index.ts';
import { compareNewestFirst, freightLabel } from '../../domain/index.ts';
import type { Cell, TableContent } from '../render/table.ts';
import { ageCell, artifactsText, namespaceCells, namespaceTitles } from './cells.ts';
import type { Listing, ListPlace } from './list.ts';

/** Lists Freight, newest first: what it consists of and where it has been. */
export const freightListing: Listing<Freight> = {
  type: freights,
  resource: 'freights',
  nothing: 'no Freight',
  toTable: async (objects, place) => freightTable(objects, place),
};

/** The table of Freight. Pure. */
export function freightTable(list: readonly Freight[], place: ListPlace): TableContent {
  const columns = ['ALIAS', 'NAME', 'ORIGIN', 'ARTIFACTS', 'RUNS IN', 'VERIFIED IN', 'APPROVED FOR', 'AGE'];
  const newestFirst = [...list].sort((a, b) => compareNewestFirst(a, b));
  return {
    columns: [...namespaceTitles(place), ...columns],
    rows: newestFirst.map((freight) => [...namespaceCells(freight, place), ...freightCells(freight, place)]),
  };
}

function freightCells(freight: Freight, place: ListPlace): readonly Cell[] {
  const { name } = freight.metadata;
  return [
    { text: freightLabel(name, [freight]), tone: 'name' },
    { text: place.isWide ? name : name.slice(0, 8) },
    { text: freight.origin.name },
    { text: artifactsText(freight, place.isWide) },
    { text: stagesIn(freight.status?.currentlyIn), tone: 'strong' },
    { text: stagesIn(freight.status?.verifiedIn), tone: 'good' },
    { text: stagesIn(freight.status?.approvedFor) },
    ageCell(freight, place.nowMs),
  ];
}

function stagesIn(entries: Readonly<Record<string, unknown>> | undefined): string {
  return Object.keys(entries ?? {})
    .sort()
    .join(',');
}
