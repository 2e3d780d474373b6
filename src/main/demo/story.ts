import { applications } from '../../api/argocd/index.ts';
import type { KubeObject, ResourceType } from '../../api/meta/index.ts';
import { freights, promotions, stages, warehouses } from '../../api/v1alpha1/index.ts';
import { createPaint, type Output, type Tone } from '../../cli/index.ts';
import type { Change, Clock, KubeChanges, KubeReader } from '../../ports/index.ts';
import { narrate, type StoryEvent, type StoryLine } from './narrator.ts';

/** Tells the story on an output, each line with the time since the start. */
export interface Story {
  /** A heading: what the script does next. */
  chapter(title: string): void;
  line(line: StoryLine): void;
  /** What a person could have typed. */
  command(text: string): void;
  /** Text as it is. */
  text(text: string): void;
  /** Tells of every change from now on; the returned function ends it. */
  follow(source: { readonly reader: KubeReader; readonly changes: KubeChanges }): () => void;
}

const marks = { did: '✓', note: '·', waits: '…', failed: '✗' } as const;
const tones: Readonly<Record<StoryLine['mark'], Tone>> = {
  did: 'good',
  note: 'plain',
  waits: 'waiting',
  failed: 'bad',
};
const whoWidth = 18;

/** A story that began at `startedAtMs`. */
export function createStory(output: Output, clock: Clock, startedAtMs: number): Story {
  const paint = createPaint(output.isTerminal);
  const line = ({ who, mark, text }: StoryLine): void => {
    const time = `${((clock.nowMs() - startedAtMs) / 1000).toFixed(1)}s`.padStart(7);
    const tone = tones[mark];
    output.write(
      `${paint('dim', time)}  ${paint(tone, marks[mark])} ${paint('strong', who.padEnd(whoWidth))} ${paint(mark === 'did' ? 'plain' : tone, text)}\n`,
    );
  };
  return {
    line,
    chapter: (title) => output.write(`\n${paint('strong', title)}\n`),
    command: (text) => output.write(`${' '.repeat(9)}${paint('name', `$ ${text}`)}\n`),
    text: (text) => output.write(text),
    follow({ reader, changes }) {
      const tell = (event: StoryEvent): void => {
        const facts = { freight: reader.list(freights), stages: reader.list(stages) };
        for (const one of narrate(event, facts)) line(one);
      };
      const subscribe = <T extends KubeObject>(
        type: ResourceType<T>,
        toEvent: (change: Change<T>) => StoryEvent,
      ): (() => void) => {
        // What is there already was told before, or is none of the story's business.
        let isLive = false;
        const stop = changes.subscribe(type, (change) => {
          if (isLive) tell(toEvent(change));
        });
        isLive = true;
        return stop;
      };
      const stops = [
        subscribe(warehouses, (change) => ({ kind: 'warehouse', change })),
        subscribe(freights, (change) => ({ kind: 'freight', change })),
        subscribe(promotions, (change) => ({ kind: 'promotion', change })),
        subscribe(stages, (change) => ({ kind: 'stage', change })),
        subscribe(applications, (change) => ({ kind: 'application', change })),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
