import { defineErrors } from '../../base/index.ts';

/** Errors of Warehouses that are not those of registries and credentials. */
export const warehouseErrors = defineErrors({
  'warehouse.unsupported-subscription': {
    disposition: 'stop',
    summary: 'A Warehouse subscribes to a kind of repository that is not supported yet.',
    help: 'Subscribe to image, git and chart repositories only, or leave this Warehouse to Kargo',
  },
  'warehouse.invalid-annotation': {
    disposition: 'stop',
    summary: 'An annotation of a Warehouse that Gantry reads is malformed.',
    help: 'Correct the annotation as the guide of credentials shows it',
  },
  'warehouse.invalid-subscription': {
    disposition: 'stop',
    summary: 'An entry of spec.subscriptions is malformed.',
    help: 'Correct the entry; admission refuses such entries where the webhooks are installed',
  },
});
