import { plain, type Value } from '../../expr/index.ts';

const truths: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const untruths: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/**
 * What the result of a condition means, or what is wrong with it.
 *
 * Source: Kargo's behavior: texts and numbers that Go reads as a boolean count as one.
 */
export function readTruth(
  result: Value,
): { readonly ok: true; readonly isTrue: boolean } | { readonly ok: false; readonly problem: string } {
  const value = plain(result);
  if (typeof value === 'boolean') return { ok: true, isTrue: value };
  const text =
    typeof value === 'string' || typeof value === 'bigint' || typeof value === 'number' ? String(value) : '';
  if (truths.includes(text)) return { ok: true, isTrue: true };
  if (untruths.includes(text)) return { ok: true, isTrue: false };
  return { ok: false, problem: `its result ${text === '' ? '' : `"${text}" `}is not true or false` };
}
