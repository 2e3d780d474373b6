import { type Logger, pino } from 'pino';
import type { Log, LogFields } from '../ports/index.ts';

/** How a log is written. */
export interface PinoLogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Takes whole lines, each ending in a line feed. */
  readonly write: (line: string) => void;
  /** Fields of every line. */
  readonly fields?: LogFields;
}

/** A log of JSON lines: `level` as a word, `time` in RFC 3339, `msg`, then the fields. */
export function createPinoLog(options: PinoLogOptions): Log {
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: options.write },
  );
  return toLog(options.fields === undefined ? logger : logger.child(options.fields));
}

function toLog(logger: Logger): Log {
  return {
    debug: (message, fields = {}) => logger.debug(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
    child: (fields) => toLog(logger.child(fields)),
  };
}
