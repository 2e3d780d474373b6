import type { ImageFixtures } from '../../test/support/image-fixtures.ts';
import {
  cutToMillisecond,
  type ImageReference,
  type ImageRow,
  selectRow,
} from '../../test/support/image-rows.ts';
import { compareOutcome, type Table } from './table.ts';

/** Selection of images, by the pure rules. */
export const imageSelectTable: Table = {
  name: 'image-select',
  prepare(fixtures) {
    const { repositories } = fixtures as unknown as { readonly repositories: ImageFixtures };
    return (row) => {
      const actual = selectRow(repositories, row.input as unknown as ImageRow);
      if (row.error === true) return { passed: actual === 'error', actual };
      return compareOutcome(
        (row.expect as unknown as readonly ImageReference[]).map(cutToMillisecond),
        actual,
      );
    };
  },
};
