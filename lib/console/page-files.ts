/** The files of the console's page: its own, and those of the packages that it uses, as they are. Read when they are asked for. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { builtParts } from '../built-parts.ts';
import { pagePolicy } from '../page-policy.ts';

/** By their names below `assets/vendor/`: where they lie in their packages. */
export const vendorFiles: Readonly<Record<string, string>> = {
  'preact.mjs': 'preact/dist/preact.mjs',
  'hooks.mjs': 'preact/hooks/dist/hooks.mjs',
  'htm.mjs': 'htm/dist/htm.mjs',
  'uplot.mjs': 'uplot/dist/uPlot.esm.js',
  'uplot.css': 'uplot/dist/uPlot.min.css',
};

/** Where the build puts all of them, from the bundle's folder. */
export const builtFolder = '../console/';
/** Where the page's own lie, from this folder. */
const sourceFolder = '../../routes/console/page/';

const contentTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const ownFile = /^(?:views\/)?[a-z0-9-]+\.(?:js|css|svg)$/;

export interface PageFile {
  readonly body: Buffer;
  readonly contentType: string;
  readonly etag: string;
}

/** @param name below `assets/` @returns undefined where there is no such file */
export async function readAsset(name: string): Promise<PageFile | undefined> {
  const vendor = /^vendor\/(.+)$/.exec(name)?.[1];
  if (vendor !== undefined) return Object.hasOwn(vendorFiles, vendor) ? read(pathOfVendor(vendor)) : undefined;
  return ownFile.test(name) ? read(pathOf(name)) : undefined;
}

export interface Page extends PageFile {
  /** What its `content-security-policy` says. */
  readonly policy: string;
}

/** @throws Error where the page is not there, as it comes with the program */
export async function readPage(): Promise<Page> {
  const page = await read(pathOf('index.html'));
  if (!page) throw new Error('the console’s page is missing');
  return { ...page, policy: policyFor(page.body.toString()) };
}

/** The page's import map is its only inline script. */
function policyFor(html: string): string {
  const importMap = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1];
  if (importMap === undefined) return pagePolicy();
  return pagePolicy(`'sha256-${createHash('sha256').update(importMap).digest('base64')}'`);
}

/** Is this the bundle, beside which the build has put the files? */
const isBuilt = Object.keys(builtParts).length > 0;

function pathOf(name: string): string {
  return fileURLToPath(new URL(`${isBuilt ? builtFolder : sourceFolder}${name}`, import.meta.url));
}

function pathOfVendor(name: string): string {
  return isBuilt ? pathOf(`vendor/${name}`) : findVendorFile(vendorFiles[name]!);
}

/** Packages name the modules that may be imported; this file is only read. */
export function findVendorFile(path: string): string {
  const [name = '', ...below] = path.split('/');
  for (const folder of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const file = [folder, name, ...below].join('/');
    if (existsSync(file)) return file;
  }
  return path;
}

async function read(path: string): Promise<PageFile | undefined> {
  try {
    const body = await readFile(path);
    const contentType = contentTypes[path.slice(path.lastIndexOf('.') + 1)]!;
    return { body, contentType, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
