import { RE2JS } from 're2js';

/** A compiled regular expression in RE2's syntax: linear in time, no look-around, no back-references. */
export interface Pattern {
  /** Does it match anywhere in the text? */
  test(text: string): boolean;
}

const maxPatternLength = 10_000;

/** Compiles a pattern, or says in one line why it is none. */
export function compilePattern(source: string): Pattern | { readonly message: string } {
  if (source.length > maxPatternLength) {
    return { message: `the pattern is longer than ${maxPatternLength} characters` };
  }
  try {
    const compiled = RE2JS.compile(source);
    return { test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : 'it is malformed';
    return {
      message: `the pattern ${JSON.stringify(source.slice(0, 60))} is no regular expression: ${reason}`,
    };
  }
}
