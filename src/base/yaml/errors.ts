import { defineErrors } from '../errors.ts';

/** The codes of reading, writing and editing YAML. */
export const yamlErrors = defineErrors({
  'yaml.invalid': {
    disposition: 'stop',
    summary: 'A text is not YAML, or not YAML that can be turned into JSON.',
    help: 'Correct the file at the line that the message names.',
  },
  'yaml.too-large': {
    disposition: 'stop',
    summary: 'A document expands to more values than the limit, usually because aliases are nested.',
    help: 'Split the file or write the repeated part out instead of nesting aliases.',
  },
  'yaml.invalid-key': {
    disposition: 'stop',
    summary: 'The key of an edit does not follow the syntax of keys.',
    help: 'Separate the parts by dots, write "\\." for a dot and "\\:" for a colon within a part.',
  },
  'yaml.key-not-found': {
    disposition: 'stop',
    summary: 'There is nothing at the key of an edit.',
    help: 'Only values that exist can be set; add the key to the file first or correct the path.',
  },
  'yaml.not-scalar': {
    disposition: 'stop',
    summary: 'The key of an edit leads to a mapping or a sequence.',
    help: 'Name a key whose value is a string, number, boolean or null.',
  },
  'yaml.alias': {
    disposition: 'stop',
    summary:
      'The key of an edit leads to or through an alias, so that the edit would change other places too.',
    help: 'Edit the anchored value itself, or write the value out where the alias stands.',
  },
  'yaml.unsupported-value': {
    disposition: 'stop',
    summary: 'The new value cannot be written as one scalar.',
    help: 'Give a string, a finite number, a boolean or null.',
  },
  'yaml.edit-failed': {
    disposition: 'stop',
    summary: 'The edited text does not read back as the old document with the new values.',
    help: 'Write the value in the file in a simpler style; please report the file as a defect.',
  },
});

/** What `yamlErrors` can raise. */
export type YamlErrorCode = keyof typeof yamlErrors.entries;
