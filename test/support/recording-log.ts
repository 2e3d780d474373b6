import type { Log, LogFields } from '../../src/ports/index.ts';

/** One written line. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its lines. */
export interface RecordingLog extends Log {
  /** Lines of this log and all its children, in order. */
  readonly lines: readonly LogLine[];
  /** Messages of one level. */
  messages(level: LogLine['level']): readonly string[];
}

/** A log for tests; children write into the same list. */
export function createRecordingLog(): RecordingLog {
  const lines: LogLine[] = [];
  function create(base: LogFields): RecordingLog {
    function write(level: LogLine['level']) {
      return (message: string, fields: LogFields = {}): void => {
        lines.push({ level, message, fields: { ...base, ...fields } });
      };
    }
    return {
      lines,
      messages: (level) => lines.filter((line) => line.level === level).map((line) => line.message),
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: (fields) => create({ ...base, ...fields }),
    };
  }
  return create({});
}
