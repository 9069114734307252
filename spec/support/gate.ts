/** A server in front of another one, that lets a part of its paths wait or fail. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export class Gate {
  /** Where requests go. */
  target = '';
  url = '';
  /** Paths that are `held` (unanswered until it opens) or `closed` (503); all others pass. */
  #paths = /^$/;
  #state: 'open' | 'held' | 'closed' = 'open';
  #waiting: (() => void)[] = [];
  #asked = 0;
  #onAsked: (() => void)[] = [];

  set(state: 'open' | 'held' | 'closed', paths = this.#paths): void {
    this.#state = state;
    this.#paths = paths;
    if (state !== 'held') for (const go of this.#waiting.splice(0)) go();
  }

  /** Resolves as soon as one of those paths has been asked for. */
  async waitForRequest(): Promise<void> {
    if (this.#asked === 0) await new Promise<void>((resolve) => this.#onAsked.push(resolve));
  }

  async take(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    if (this.#paths.test(req.url ?? '')) {
      this.#asked += 1;
      for (const tell of this.#onAsked.splice(0)) tell();
      if (this.#state === 'held') await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (this.#state === 'closed') {
        res.writeHead(503).end();
        return;
      }
    }
    const { hostname, port } = new URL(this.target);
    const onward = http.request(
      { hostname, port, path: req.url, method: req.method, headers: req.headers },
      (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(res);
      },
    );
    onward.on('error', () => res.destroy());
    req.pipe(onward);
  }
}

export async function startGate(t: TestContext): Promise<Gate> {
  const gate = new Gate();
  const server = http.createServer((req, res) => void gate.take(req, res));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    gate.set('closed');
    server.closeAllConnections();
    server.close();
  });
  gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return gate;
}
