/** The documentation of the errors, made from their table. */
import { type ErrorRow, errorTable } from '../../lib/error-table.ts';
import { toCode, toTable } from './markdown.ts';

function toCells(name: string, { status, type, code, message, next }: ErrorRow): string[] {
  return [
    toCode(name),
    String(status),
    toCode(type),
    code === null ? '' : toCode(code),
    next ? `${message} ${next}` : message,
  ];
}

/** Markdown: a table of every error that a client can get. */
export function formatErrorDocs(): string {
  const rows = Object.entries<ErrorRow>(errorTable).map(([name, row]) => toCells(name, row));
  return toTable(['in the log', 'status', '`type`', '`code`', 'message'], rows);
}
