import type { LogFields, Logger, LogLevel } from '../../lib/log.ts';

export interface RecordedLine {
  level: LogLevel;
  message: string;
  fields?: LogFields;
}

/** A logger that keeps its lines, for specs that say what is logged. */
export function createRecordingLog(): Logger & { readonly lines: RecordedLine[] } {
  const lines: RecordedLine[] = [];
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, ...(fields && { fields }) });
  };
  const log = {
    lines,
    isDebug: false,
    error: at('error'),
    warn: at('warn'),
    info: at('info'),
    // As with a real logger at level info.
    debug: () => {},
    child: () => log,
  };
  return log;
}
