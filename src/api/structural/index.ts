export type { KindDefinition, PrinterColumn, ValidationRule } from './kind.ts';
