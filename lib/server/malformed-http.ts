import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { toOpenAiError } from '../apis/openai-error.ts';
import { OpenCompatError } from '../errors.ts';

/** Answers requests that Node cannot parse as HTTP: they never reach Express, and get their error as JSON too. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const isTimeout = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const reply = isTimeout
    ? new OpenCompatError('OC_REQUEST_TIMEOUT')
    : new OpenCompatError('OC_MALFORMED_HTTP', {}, { status: error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400 });
  const body = JSON.stringify(toOpenAiError(reply.public));
  socket.end(
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
