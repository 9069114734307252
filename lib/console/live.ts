/** Tells a page what happens: requests as they begin and end. Costs nothing while nobody watches. */
import type { Response } from '../chain/middleware.ts';
import { OpenCompatError } from '../errors.ts';
import type { RouteServices } from '../server/route.ts';
import { showRow } from '../usage/ledger-reader.ts';
import { whenClosed } from '../when-closed.ts';
import { listRunning } from './running.ts';

/** Pages that watch at a time. */
export const maxWatchers = 8;
/** How often the requests that run are looked at, in milliseconds: shorter ones are told when they end. */
const lookMs = 500;
/** Looks between two comments, which keep proxies from giving up. */
const looksPerPing = 30;
/** A page that does not read is left, in bytes that wait for it. */
const maxWaitingBytes = 1_048_576;

type LiveServices = Pick<RouteServices, 'running' | 'ledger' | 'config' | 'currentConfig' | 'state'>;

/**
 * @param isStillIn may the page go on watching? Asked again and again
 * @throws OpenCompatError when too many watch
 */
export function watchRequests(
  res: Response,
  watchers: Set<object>,
  { running, ledger, config, currentConfig, state }: LiveServices,
  isStillIn: () => boolean,
): void {
  if (watchers.size >= maxWatchers) {
    const reason = `${maxWatchers} pages watch already. Close one of them.`;
    throw new OpenCompatError('OC_CONSOLE_CONFLICT', { reason }, { status: 429, retryAfterS: 5 });
  }
  watchers.add(res);
  res.set({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  res.write('retry: 2000\n: ping\n\n');
  const send = (event: string, data: object) => {
    if (res.writableLength > maxWaitingBytes) res.destroy();
    else res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  let known = new Set<string>();
  let looks = 0;
  function look(): void {
    // The request would hold the configuration before; the page comes again by itself.
    if (config !== currentConfig() || state.isDraining || !isStillIn()) return void res.end();
    const entries = listRunning(running);
    for (const entry of entries) if (!known.has(entry.id)) send('started', entry);
    known = new Set(entries.map(({ id }) => id));
    looks += 1;
    if (looks % looksPerPing === 0) res.write(': ping\n\n');
  }
  look();
  const timer = setInterval(look, lookMs);
  const unwatch = ledger?.watch((row) => send('ended', showRow(row)));
  whenClosed(res, () => {
    clearInterval(timer);
    unwatch?.();
    watchers.delete(res);
  });
}
