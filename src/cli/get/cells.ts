import type { KubeObject } from '../../api/meta/index.ts';
import type { Freight, FreightReference } from '../../api/v1alpha1/index.ts';
import { artifactLabels, formatAgeSince } from '../../domain/index.ts';
import type { Cell } from '../render/table.ts';
import type { ListPlace } from './list.ts';

/** How old an object is. */
export function ageCell(object: KubeObject, nowMs: number): Cell {
  return { text: formatAgeSince(object.metadata.creationTimestamp, nowMs) ?? '' };
}

/** The first column of lists across namespaces; none otherwise. */
export function namespaceCells(object: KubeObject, place: ListPlace): readonly Cell[] {
  return place.namespace === undefined ? [{ text: object.metadata.namespace ?? '' }] : [];
}

/** The title of that column. */
export function namespaceTitles(place: ListPlace): readonly string[] {
  return place.namespace === undefined ? ['NAMESPACE'] : [];
}

/** What a Freight consists of: short digests, with names when there is room for them. */
export function artifactsText(freight: Freight | FreightReference | undefined, withNames: boolean): string {
  if (freight === undefined) return '';
  return artifactLabels(freight)
    .map(({ name, version }) => (withNames ? `${name}@${version}` : version))
    .join(' ');
}
