import { inspect } from 'node:util';
import type { Logger as WinstonLogger } from 'winston';
import winston from 'winston';
import { logText } from './public-text.ts';
import { describeThrown, isA, readSafely } from './thrown.ts';

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

/** How lines are written, and which. */
export interface LogStyle {
  level: LogLevel;
  format: 'text' | 'json';
}

/** The logger of a server; a reload may change its style, and that of all its children. */
export interface RootLogger extends Logger {
  restyle(style: LogStyle): void;
}

class WinstonBackedLogger implements RootLogger {
  readonly #winston: WinstonLogger;
  readonly #fields: LogFields | undefined;
  /** Shared with the children. */
  readonly #style: LogStyle;

  constructor(backing: WinstonLogger, style: LogStyle, fields?: LogFields) {
    this.#winston = backing;
    this.#style = style;
    this.#fields = fields;
  }

  get isDebug(): boolean {
    return this.#style.level === 'debug';
  }

  restyle({ level, format }: LogStyle): void {
    Object.assign(this.#style, { level, format });
    this.#winston.level = level;
  }

  #write(level: LogLevel, message: string, fields?: LogFields): void {
    // As one object: beside a message in which a percent sign stands before a letter, winston would drop the fields.
    this.#winston.log({ ...this.#fields, ...fields, level, message });
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
    return new WinstonBackedLogger(this.#winston, this.#style, { ...this.#fields, ...fields });
  }
}

/** What a line tells, in order; nothing in it is an Error. */
interface Line {
  timestamp: string;
  level: string;
  message: unknown;
  [field: string]: unknown;
}

/** Where winston looks for the text of a line (https://github.com/winstonjs/triple-beam). */
const text = Symbol.for('message');

/**
 * One pass over the fields of a line; winston's own formats would copy them at each step. Errors become texts, with their
 * causes, and texts are made safe: none can end its line, move a terminal's cursor or fill the disk.
 */
function toFormat(write: (line: Line) => string): winston.Logform.Format {
  const format = winston.format((info) => {
    const { level, message } = info;
    const line: Line = { timestamp: new Date().toISOString(), level, message: toPlain(message) };
    for (const key of Object.keys(info)) if (!Object.hasOwn(line, key)) line[key] = toPlain(info[key]);
    info[text] = write(line);
    return info;
  });
  return format();
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'string') return logText(value);
  if (isA(value, Error)) return indent(describeThrown(value));
  if (readSafely(() => Array.isArray(value))) return (value as unknown[]).slice(0, maxListed).map(toPlain);
  return value;
}

/** A stack keeps its lines, indented, so that none looks like a log line. */
function indent(stack: string): string {
  const [first, ...others] = stack.split('\n');
  return [logText(first!), ...others.map((line) => `    ${logText(line.trimStart())}`)].join('\n');
}

/** Plain `JSON.stringify`: winston's own JSON format sorts keys, which costs more than the rest of the line. */
function toJson(line: Line): string {
  const json = readSafely(() => JSON.stringify(line));
  if (json !== undefined) return json;
  const { timestamp, level, message, ...fields } = line;
  return JSON.stringify({ timestamp, level, message: toWords(message), fields: toWords(fields) });
}

/** A plugin may log what JSON does not know: an object that refers to itself, a symbol, a BigInt. */
function toWords(value: unknown): string {
  return readSafely(() => JSON.stringify(value)) ?? readSafely(() => inspect(value)) ?? 'a value that cannot be read';
}

function toText({ timestamp, level, message, ...fields }: Line): string {
  const tail = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${typeof value === 'string' && !/"|\s\S+=/.test(value) ? value : toWords(value)}`)
    .join(' ');
  return `${timestamp} ${level.toUpperCase().padEnd(5)} ${typeof message === 'string' ? message : toWords(message)}${tail ? ` ${tail}` : ''}`;
}

/** A logger that writes one line per entry to standard error (standard output belongs to the commands). */
export function createLogger({
  stream = process.stderr,
  ...given
}: LogStyle & { stream?: NodeJS.WritableStream }): RootLogger {
  const style = { ...given };
  const backing = winston.createLogger({
    level: style.level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: toFormat((line) => (style.format === 'json' ? toJson(line) : toText(line))),
    transports: [new winston.transports.Stream({ stream })],
  });
  return new WinstonBackedLogger(backing, style);
}
