import type { Freight, FreightReference } from '../../api/v1alpha1/index.ts';

/** A copy of a Freight's content, as statuses embed it. */
export function toFreightReference(freight: Freight): FreightReference {
  const { origin, commits, images, charts, artifacts } = freight;
  return {
    name: freight.metadata.name,
    origin,
    ...(commits === undefined ? {} : { commits }),
    ...(images === undefined ? {} : { images }),
    ...(charts === undefined ? {} : { charts }),
    ...(artifacts === undefined ? {} : { artifacts }),
  };
}
