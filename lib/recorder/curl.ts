import { bytesOf, type Capture } from './capture.ts';

/** Where this server listens as a rule. */
export const ownOrigin = 'http://127.0.0.1:8080';

/** What curl sets itself. */
const ownHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);

/** The client's request as a command for a shell, to a server on this machine. Secrets stay out. */
export function toCurl(capture: Capture): string {
  const request = capture.first('client.request');
  if (!request) return '';
  const headers = Object.entries(request.headers)
    .filter(([name]) => !ownHeaders.has(name))
    .map(([name, value]) => `-H ${quote(`${name}: ${[value].flat().join(', ')}`)}`);
  const body = bytesOf(request).toString();
  const parts = [`curl -X ${quote(request.method)} ${quote(ownOrigin + request.path)}`, ...headers];
  return [...parts, ...(body ? [`--data-raw ${quote(body)}`] : [])].join(' \\\n  ');
}

/** One word of a POSIX shell, whatever it holds. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
