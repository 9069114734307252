import { setFlagsFromString } from 'node:v8';

/**
 * V8 doubles its young generation while a start makes garbage, and never gives that memory back: 16 of an idle server's
 * 118 MB (measured 2026-11, Node 24). Call this first at start, and `letHeapGrow` before serving requests.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** Lets the young generation grow again: under load more memory is faster. */
export function letHeapGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
