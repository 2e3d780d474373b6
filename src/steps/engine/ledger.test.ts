import { expect, test } from 'vitest';
import { openLedger } from './ledger.ts';

const startedAt = '2026-01-02T03:04:05Z';

test('goes on where a status left off', () => {
  const status = {
    phase: 'Running',
    startedAt,
    currentStep: 1,
    stepExecutionMetadata: [{ alias: 'a', status: 'Succeeded' }],
    state: { a: { x: 1 } },
    healthChecks: [{ uses: 'u', config: {} }],
  } as const;
  expect(openLedger(status).toStatus('Running', undefined)).toEqual({ ...status, message: undefined });
});

test('says nothing of what there is nothing to say about', () => {
  const status = openLedger({ startedAt }).toStatus('Running', undefined);
  expect(JSON.parse(JSON.stringify(status))).toEqual({
    phase: 'Running',
    startedAt,
    currentStep: 0,
    stepExecutionMetadata: [],
  });
});

test('keeps one record per alias, in the order of their first mention', () => {
  const ledger = openLedger({ startedAt });
  ledger.record({ alias: 'a', status: 'Running' });
  ledger.record({ alias: 'b', status: 'Running' });
  ledger.record({ alias: 'a', status: 'Succeeded' });
  expect(ledger.records.map(({ alias, status }) => `${alias} ${status}`)).toEqual([
    'a Succeeded',
    'b Running',
  ]);
});

test('makes a record when there is none, which knows whether the step may fail', () => {
  const ledger = openLedger({ startedAt });
  expect(ledger.recordOf({ uses: 'x', as: 'a' })).toEqual({ alias: 'a' });
  expect(ledger.recordOf({ uses: 'x', as: 'a', continueOnError: true })).toEqual({
    alias: 'a',
    continueOnError: true,
  });
});

test('an attempt without an output erases that of the one before', () => {
  const ledger = openLedger({ startedAt, state: { a: { x: 1 }, b: { y: 1 } } });
  ledger.output('a', undefined);
  expect(ledger.outputs).toEqual({ b: { y: 1 } });
});
