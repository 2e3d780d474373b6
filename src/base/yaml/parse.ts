import { Composer, type Document, Parser } from 'yaml';

/**
 * The first document of a text with the ranges of its nodes; a text says why it cannot be read.
 *
 * Guarantees: later documents are not looked at; duplicate keys are kept. A document that declares YAML 1.2 is refused,
 * because Helm and Kubernetes' tools cannot read it.
 */
export function firstDocument(text: string): Document.Parsed | string {
  // The types promise documents only; an empty text gives none unless the composer is forced.
  const composer = new Composer({ keepSourceTokens: true, uniqueKeys: false, logLevel: 'silent' });
  for (const document of composer.compose(new Parser().parse(text), true, text.length)) {
    const error = document.errors[0];
    if (error !== undefined) return describeProblem(text, error);
    if (/^%YAML +(?!1\.1\b)/m.test(directives(text, document))) {
      return 'the document declares a YAML version that Helm and Kubernetes cannot read; only 1.1 may be declared';
    }
    return document as Document.Parsed;
  }
  return 'the text has no document';
}

function directives(text: string, document: Document): string {
  return document.directives?.docStart === true ? text.slice(0, document.contents?.range?.[0] ?? 0) : '';
}

function describeProblem(
  text: string,
  error: { readonly message: string; readonly pos: readonly number[] },
): string {
  const before = text.slice(0, error.pos[0] ?? 0).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return `line ${before.length}, column ${column}: ${error.message.split('\n')[0]}`;
}
