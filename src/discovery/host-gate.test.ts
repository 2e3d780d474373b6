import { expect, test } from 'vitest';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { createHostGate } from './host-gate.ts';

function open() {
  const clock = createManualClock();
  const gate = createHostGate(clock);
  const ends: (() => void)[] = [];
  const look = (host = 'slow', isAwaited = false): Promise<void> =>
    gate.pass(host, isAwaited, () => new Promise((resolve) => ends.push(resolve)));
  return { clock, gate, ends, look };
}

test('a slow host keeps only a few looks waiting; others are told when to come back', async () => {
  const { look, ends } = open();
  for (let index = 0; index < 8; index++) void look();
  await expect(look()).rejects.toMatchObject({
    code: 'discovery.busy',
    disposition: 'wait',
    retryAfterMs: 1_020,
  });
  void look('other');
  void look('slow', true);
  expect(ends).toHaveLength(10);
});

test('a host that answered quickly has no limit until it becomes slow', async () => {
  const { clock, gate, look, ends } = open();
  await gate.pass('slow', false, async () => undefined);
  const looks = Array.from({ length: 50 }, () => look());
  expect(ends).toHaveLength(50);
  await clock.advance(6_000);
  ends[0]?.();
  await looks[0];
  await expect(look()).rejects.toMatchObject({ code: 'discovery.busy' });
});

test('what is answered from memory does not make a slow host fast', async () => {
  const { clock, gate, look } = open();
  for (let index = 0; index < 8; index++) void look();
  await clock.advance(6_000);
  await expect(gate.pass('slow', false, async () => undefined)).rejects.toMatchObject({
    code: 'discovery.busy',
  });
  await gate.pass('slow', true, async () => undefined);
  await expect(look()).rejects.toMatchObject({ code: 'discovery.busy' });
});
