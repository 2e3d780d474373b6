import { findCondition } from '../../api/meta/index.ts';
import { type Freight, freights, type Warehouse, warehouses } from '../../api/v1alpha1/index.ts';
import { formatAgeSince, freightLabel } from '../../domain/index.ts';
import type { Cluster } from '../deps.ts';
import type { Cell, TableContent } from '../render/table.ts';
import { ageCell, namespaceCells, namespaceTitles } from './cells.ts';
import type { Listing, ListPlace } from './list.ts';

/** Lists Warehouses: what each watches and found last. */
export function warehouseListing(cluster: Cluster, signal: AbortSignal): Listing<Warehouse> {
  return {
    type: warehouses,
    resource: 'warehouses',
    nothing: 'no Warehouse',
    async toTable(objects, place) {
      const selection = place.namespace === undefined ? {} : { namespace: place.namespace };
      return warehouseTable(objects, await cluster.reader.listLive(freights, selection, signal), place);
    },
  };
}

/** The table of Warehouses. Pure. */
export function warehouseTable(
  list: readonly Warehouse[],
  freight: readonly Freight[],
  place: ListPlace,
): TableContent {
  const columns = [
    'WAREHOUSE',
    'SUBSCRIPTIONS',
    'INTERVAL',
    'LAST FREIGHT',
    'LOOKED',
    'READY',
    'AGE',
    'MESSAGE',
  ];
  return {
    columns: [...namespaceTitles(place), ...columns],
    rows: list.map((item) => [...namespaceCells(item, place), ...warehouseCells(item, freight, place)]),
  };
}

function warehouseCells(
  warehouse: Warehouse,
  freight: readonly Freight[],
  place: ListPlace,
): readonly Cell[] {
  const { metadata, spec, status } = warehouse;
  const own = freight.filter((item) => item.metadata.namespace === metadata.namespace);
  const ready = findCondition(status?.conditions, 'Ready');
  const looked = formatAgeSince(status?.discoveredArtifacts?.discoveredAt, place.nowMs);
  const last = status?.lastFreightID ?? '';
  return [
    { text: metadata.name, tone: 'strong' },
    { text: String(spec.subscriptions.length) },
    { text: spec.interval },
    { text: last === '' ? '' : freightLabel(last, own), tone: 'name' },
    { text: looked === undefined ? '' : `${looked} ago` },
    { text: ready?.status ?? '', tone: ready?.status === 'True' ? 'good' : 'waiting' },
    ageCell(warehouse, place.nowMs),
    { text: ready?.message ?? '', tone: ready?.status === 'True' ? 'dim' : 'plain' },
  ];
}
