import { expect, test } from 'vitest';
import { Turns } from './turns.ts';

const never = new AbortController().signal;

function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

test('work of one key happens in order, work of another does not wait', async () => {
  const turns = new Turns();
  const gate = createGate();
  const done: string[] = [];
  const work =
    (name: string, before = Promise.resolve()) =>
    async (): Promise<void> => {
      await before;
      done.push(name);
    };
  const first = turns.run('a', work('a1', gate.opened), never);
  const second = turns.run('a', work('a2'), never);
  await turns.run('b', work('b1'), never);
  expect(done).toEqual(['b1']);
  gate.open();
  await Promise.all([first, second]);
  expect(done).toEqual(['b1', 'a1', 'a2']);
});

test('who fails or gives up waiting does not hold up the others, nor lets them overtake', async () => {
  const turns = new Turns();
  const gate = createGate();
  const done: string[] = [];
  const abort = new AbortController();
  const failing = turns.run('a', () => gate.opened.then(() => Promise.reject(new Error('broken'))), never);
  const waiting = turns.run('a', () => Promise.resolve(done.push('given up')), abort.signal);
  const last = turns.run('a', () => Promise.resolve(done.push('last')), never);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(done).toEqual([]);
  gate.open();
  await expect(failing).rejects.toThrow('broken');
  await last;
  expect(done).toEqual(['last']);
});
