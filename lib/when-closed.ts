import type { ServerResponse } from 'node:http';

/** Runs the task once the response has closed: at once where its client has left while something was awaited. */
export function whenClosed(res: ServerResponse, task: () => void): void {
  if (res.closed) task();
  else res.once('close', task);
}
