/**
 * Where clients reach this server: the page's own address without `console/`. The server itself does not know below which path a
 * proxy serves it.
 */
const root = new URL('../', document.baseURI).href.replace(/\/$/, '');

export const baseUrls = { root, openai: `${root}/v1` };
