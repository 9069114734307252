import { maxHeaderSize, STATUS_CODES } from 'node:http';
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
  const reply = isTimeout ? new OpenCompatError('OC_REQUEST_TIMEOUT') : toMalformed(error);
  const body = JSON.stringify(toOpenAiError(reply.public));
  socket.end(
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function toMalformed({ code }: NodeJS.ErrnoException): OpenCompatError {
  if (code !== 'HPE_HEADER_OVERFLOW') return new OpenCompatError('OC_MALFORMED_HTTP');
  const reason = `: its address and headers are larger than ${maxHeaderSize} bytes`;
  return new OpenCompatError('OC_MALFORMED_HTTP', { reason }, { status: 431 });
}
