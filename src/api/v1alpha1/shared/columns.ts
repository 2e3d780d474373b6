import type { PrinterColumn } from '../../structural/index.ts';

/** The age of the object. */
export const ageColumn: PrinterColumn = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
};

/** Whether the object is ready, and the sentence that says why not. */
export const readyColumns: readonly PrinterColumn[] = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
];

/** A column of text. */
export function textColumn(name: string, jsonPath: string): PrinterColumn {
  return { name, type: 'string', jsonPath };
}
