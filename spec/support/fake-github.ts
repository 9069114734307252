/** Fakes of what is fetched with plain GETs: a site of fixed pages, and GitHub as such a site. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface FakePage {
  status?: number;
  body?: string | object;
  headers?: Record<string, string>;
  /** Given with the page, and answered with 304 when the request has it. */
  etag?: string;
  /** Never answers. */
  hang?: boolean;
}

export interface FakeSite {
  readonly url: string;
  /** Path (with the query) of each request, in order. */
  readonly paths: readonly string[];
  readonly requests: readonly { path: string; headers: IncomingHttpHeaders; status: number }[];
  /** Puts a page at a path, or takes it away; what has no page is a 404. */
  set(path: string, page: FakePage | undefined): void;
  /** Forgets the requests so far. */
  forget(): void;
}

/** A site that ends with the test. Paths are matched without their query. */
export async function createFakeSite(t: TestContext): Promise<FakeSite> {
  const pages = new Map<string, FakePage>();
  const requests: { path: string; headers: IncomingHttpHeaders; status: number }[] = [];
  const server = createServer((req, res) => {
    const path = req.url!;
    const page = pages.get(path.split('?')[0]!) ?? { status: 404, body: '404: Not Found' };
    const isKnown = page.etag !== undefined && req.headers['if-none-match'] === page.etag;
    const status = isKnown ? 304 : (page.status ?? 200);
    requests.push({ path, headers: req.headers, status });
    if (page.hang) return;
    res.writeHead(status, { ...(page.etag && { etag: page.etag }), ...page.headers });
    res.end(isKnown ? undefined : typeof page.body === 'object' ? JSON.stringify(page.body) : page.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get paths() {
      return requests.map(({ path }) => path);
    },
    requests,
    set(path, page) {
      if (page) pages.set(path, page);
      else pages.delete(path);
    },
    forget() {
      requests.length = 0;
    },
  };
}

export const releasePath = '/repos/openai/codex/releases/latest';

/** The same of GitHub's pages: it redirects. */
export const releasePagePath = '/openai/codex/releases/latest';

export function cataloguePath(tag: string): string {
  return `/openai/codex/${tag}/codex-rs/models-manager/models.json`;
}

export function olderCataloguePath(tag: string): string {
  return `/openai/codex/${tag}/codex-rs/core/models.json`;
}

export function promptPath(tag: string, file: string): string {
  return `/openai/codex/${tag}/codex-rs/core/${file}`;
}

/** A GitHub (its API, its pages and its raw files under one address) whose newest release has a catalogue with these texts. */
export async function createFakeGitHub(t: TestContext, tag: string, texts: Record<string, string>): Promise<FakeSite> {
  const site = await createFakeSite(t);
  site.set(releasePath, { body: { tag_name: tag } });
  site.set(cataloguePath(tag), { etag: `"${tag}"`, body: createCatalogue(texts) });
  return site;
}

export function createCatalogue(texts: Record<string, string>): object {
  const models = Object.entries(texts).map(([slug, text], index) => ({
    slug,
    priority: index + 1,
    model_messages: { instructions_template: text, instructions_variables: {} },
  }));
  return { models };
}
