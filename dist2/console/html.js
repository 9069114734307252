import htm from 'htm';
import { h } from 'preact';

/** JSX's place without a build: html`<p class=${kind}>…</p>`. */
export const html = htm.bind(h);
