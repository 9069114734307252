/** Finds a plugin's place in a chain. */
import { type Fault, nearestName } from '../options/faults.ts';
import { type BoxName, defaultPlace } from './default-chain.ts';
import type { Middleware } from './middleware.ts';

/** A box before it is created: what it is, where it stands, what it is given. */
export interface PlannedBox {
  middleware: Middleware;
  /** `built-in`, or the plugin's path or package. */
  origin: string;
  /** The built-in box at this place, or the nearest one before it; decides what a route's `through` includes. */
  place: BoxName;
  /** The built-in box that it is, or whose duties it has taken over. */
  duty?: BoxName;
  options: Record<string, unknown>;
  /** The path of its entry in the configuration, for faults. */
  path: string;
  /** A plugin that was not loaded: only its file and its entry are known. */
  isUnloaded?: true;
}

/** What an entry says of its plugin's place: at most one of these. */
export interface Position {
  before?: string;
  after?: string;
  /** The box that the plugin replaces. */
  replace?: string;
}

/** Puts a plugin into the chain at the place that `position`, or else its own definition, asks for. @returns the fault, if any */
export function placePlugin(chain: PlannedBox[], plugin: PlannedBox, position: Position): Fault | undefined {
  const wanted = readPosition(position);
  if (!wanted) {
    insert(chain, plugin, findPlace(chain, plugin.middleware));
    return undefined;
  }
  const names = chain.map(({ middleware }) => middleware.name);
  const index = names.indexOf(wanted.reference);
  const neighbour = chain[index];
  if (!neighbour) {
    const { where, reference: value } = wanted;
    const reason = 'no box of the chain has this name';
    return { path: `${plugin.path}.${where}`, value, reason, nearest: nearestName(value, names) };
  }
  plugin.place = neighbour.place;
  if (wanted.where === 'replace') chain[index] = Object.assign(plugin, { duty: neighbour.duty });
  else chain.splice(wanted.where === 'before' ? index : index + 1, 0, plugin);
  return undefined;
}

function readPosition({
  replace,
  before,
  after,
}: Position): { reference: string; where: 'before' | 'after' | 'replace' } | undefined {
  if (replace) return { reference: replace, where: 'replace' };
  if (before) return { reference: before, where: 'before' };
  if (after) return { reference: after, where: 'after' };
  return undefined;
}

function insert(chain: PlannedBox[], plugin: PlannedBox, index: number): void {
  plugin.place = chain[index]?.place ?? 'proxy';
  chain.splice(index, 0, plugin);
}

/** As late as its own `before` and the default place allow, and after everything that its `after` names. */
function findPlace(chain: readonly PlannedBox[], { after = [], before = [] }: Middleware): number {
  const indexOf = (name: string) => chain.findIndex(({ middleware }) => middleware.name === name);
  const earliest = Math.max(-1, ...after.map(indexOf)) + 1;
  const limits = [...before, defaultPlace].map(indexOf).filter((index) => index >= 0);
  const latest = limits.length > 0 ? Math.min(...limits) : chain.length;
  return Math.max(earliest, latest);
}
