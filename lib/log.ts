import { inspect } from 'node:util';
import type { Logger as WinstonLogger } from 'winston';
import winston from 'winston';
import { logText } from './public-text.ts';

/** Most entries of a list in a line. */
const maxListed = 100;

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';
export type LogFields = Record<string, unknown>;

/** The project's logger. Test `isDebug` before building a debug line on a hot path. */
export interface Logger {
  readonly isDebug: boolean;
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** A logger that adds the fields to every line. */
  child(fields: LogFields): Logger;
}

class WinstonBackedLogger implements Logger {
  readonly #winston: WinstonLogger;
  readonly #fields: LogFields | undefined;
  readonly isDebug: boolean;

  constructor(backing: WinstonLogger, fields?: LogFields) {
    this.#winston = backing;
    this.#fields = fields;
    this.isDebug = backing.isLevelEnabled('debug');
  }

  #write(level: LogLevel, message: string, fields?: LogFields): void {
    this.#winston.log(level, message, this.#fields ? { ...this.#fields, ...fields } : fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#write('error', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#write('warn', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#write('info', message, fields);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.isDebug) this.#write('debug', message, fields);
  }

  child(fields: LogFields): Logger {
    return new WinstonBackedLogger(this.#winston, { ...this.#fields, ...fields });
  }
}

/**
 * Errors as plain fields, with their causes; winston's JSON format would print them as `{}`. Texts are made safe: none can end
 * its line, move a terminal's cursor or fill the disk.
 */
const plainFields = winston.format((info) => {
  for (const [key, value] of Object.entries(info)) info[key] = toPlain(value);
  return info;
});

function toPlain(value: unknown): unknown {
  if (typeof value === 'string') return logText(value);
  if (value instanceof Error) return indent(describeError(value));
  if (Array.isArray(value)) return value.slice(0, maxListed).map(toPlain);
  return value;
}

/** A stack keeps its lines, indented, so that none looks like a log line. */
function indent(stack: string): string {
  const [first, ...others] = stack.split('\n');
  return [logText(first!), ...others.map((line) => `    ${logText(line.trimStart())}`)].join('\n');
}

function describeError(error: Error): string {
  const stack = error.stack ?? String(error);
  return error.cause === undefined
    ? stack
    : `${stack}\n  caused by: ${error.cause instanceof Error ? describeError(error.cause) : String(error.cause)}`;
}

/** Plain `JSON.stringify`: winston's own JSON format sorts keys, which costs more than the rest of the line. */
const jsonLine = winston.format.printf(({ timestamp, level, message, ...fields }) => {
  const line = { timestamp, level, message, ...fields };
  try {
    return JSON.stringify(line);
  } catch {
    // A plugin may log an object that refers to itself.
    return JSON.stringify({ timestamp, level, message, fields: inspect(fields) });
  }
});

const textLine = winston.format.printf(({ timestamp, level, message, ...fields }) => {
  const tail = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' && !/"|\s\S+=/.test(value) ? value : JSON.stringify(value)}`,
    )
    .join(' ');
  return `${timestamp} ${level.toUpperCase().padEnd(5)} ${message}${tail ? ` ${tail}` : ''}`;
});

/** A logger that writes one line per entry to standard error (standard output belongs to the commands). */
export function createLogger(options: {
  level: LogLevel;
  format: 'text' | 'json';
  stream?: NodeJS.WritableStream;
}): Logger {
  const { combine, timestamp } = winston.format;
  return new WinstonBackedLogger(
    winston.createLogger({
      level: options.level,
      levels: { error: 0, warn: 1, info: 2, debug: 3 },
      format: combine(timestamp(), plainFields(), options.format === 'json' ? jsonLine : textLine),
      transports: [new winston.transports.Stream({ stream: options.stream ?? process.stderr })],
    }),
  );
}
