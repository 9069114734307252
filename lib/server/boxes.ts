/** Which boxes of a chain a route takes its requests through. */
import type { RequestHandler } from 'express';
import { type BoxName, defaultChain } from '../chain/default-chain.ts';
import type { ChainBox } from '../chain/pipeline.ts';
import type { Config } from '../config/schema.ts';
import type { Route } from './route.ts';

export function throughOf({ through }: Route, config: Config): BoxName | undefined {
  return typeof through === 'function' ? through(config) : through;
}

export function handlersOf(boxes: readonly ChainBox[]): RequestHandler[] {
  return boxes.map(({ handler }) => handler as RequestHandler);
}

/** @param last undefined: all of the chain */
export function boxesThrough(chain: readonly ChainBox[], last: BoxName | undefined): ChainBox[] {
  return chain.filter(({ place }) => isThrough(place, last));
}

export function boxesBehind(chain: readonly ChainBox[], last: BoxName | undefined): ChainBox[] {
  return chain.filter(({ place }) => !isThrough(place, last));
}

/** The boxes behind an entry that stands in the place of `client-auth`, whatever the configuration has there. */
export function boxesBehindEntry(chain: readonly ChainBox[]): ChainBox[] {
  const behind = boxesBehind(chain, 'cors');
  return behind.filter(
    ({ place, name }) =>
      place !== 'client-auth' || (name !== 'client-auth' && behind.some((box) => box.name === 'client-auth')),
  );
}

export function isThrough(place: BoxName, last: BoxName | undefined): boolean {
  return last === undefined || defaultChain.indexOf(place) <= defaultChain.indexOf(last);
}
