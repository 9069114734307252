/** Opens connections to servers: tries several addresses of a name, goes through proxies, speaks TLS. */
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { describeNetworkError, ProxyError } from './network-errors.ts';
import { findProxy, type OutgoingProxy } from './proxies.ts';

/**
 * After this time the next address is tried beside the one before (RFC 8305, 5:
 * https://www.rfc-editor.org/rfc/rfc8305#section-5). Node's own way gives the one before up then, so that a server whose
 * answer takes longer is never reached.
 */
const nextAddressMs = 250;

/** Says nothing of the server: this machine has no such network. */
const noNetwork = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']);

/** Opens a connection to one address; it is not connected yet. */
export type OpenSocket = (address: string) => net.Socket;

/**
 * The first connection that comes about to one of a server's addresses.
 * @throws the most telling of the errors; ETIMEDOUT, when none is there in time
 */
export function connectToFirst(addresses: readonly string[], timeoutMs: number, open: OpenSocket): Promise<net.Socket> {
  const waiting = inTurns(addresses);
  const sockets = new Set<net.Socket>();
  return new Promise((resolve, reject) => {
    let failure: NodeJS.ErrnoException | undefined;
    let next: NodeJS.Timeout | undefined;
    const limit = setTimeout(() => {
      end(() => reject(Object.assign(new Error('it took too long to connect'), { code: 'ETIMEDOUT' })));
    }, timeoutMs);

    function end(settle: () => void, winner?: net.Socket): void {
      clearTimeout(limit);
      clearTimeout(next);
      for (const socket of sockets) if (socket !== winner) socket.destroy();
      settle();
    }

    function tryNext(): void {
      clearTimeout(next);
      const address = waiting.shift();
      if (address === undefined) return;
      const socket = open(address);
      sockets.add(socket);
      const fail = (error: NodeJS.ErrnoException) => {
        sockets.delete(socket);
        if (!failure || noNetwork.has(failure.code ?? '')) failure = error;
        if (waiting.length > 0) tryNext();
        else if (sockets.size === 0) end(() => reject(failure));
      };
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.off('error', fail);
        end(() => resolve(socket), socket);
      });
      next = setTimeout(tryNext, nextAddressMs);
    }
    tryNext();
  });
}

/**
 * One family after the other, beginning with that of the first (RFC 8305 §4, https://www.rfc-editor.org/rfc/rfc8305#section-4).
 */
function inTurns(addresses: readonly string[]): string[] {
  const first = net.isIP(addresses[0] ?? '');
  const ofFirst = addresses.filter((address) => net.isIP(address) === first);
  const others = addresses.filter((address) => net.isIP(address) !== first);
  const turns = Array.from({ length: Math.max(ofFirst.length, others.length) }, (_, index) => index);
  return turns.flatMap((index) => [ofFirst[index], others[index]]).filter((address) => address !== undefined);
}

async function connectTcp(host: string, port: number, timeoutMs: number): Promise<net.Socket> {
  const addresses = net.isIP(host) ? [host] : (await lookup(host, { all: true })).map(({ address }) => address);
  return connectToFirst(addresses, timeoutMs, (address) => net.connect({ host: address, port, noDelay: true }));
}

/** Waits for the handshake of TLS. @throws its error; ETIMEDOUT */
function secure(start: () => tls.TLSSocket, timeoutMs: number): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = start();
    const limit = setTimeout(() => {
      socket.destroy(Object.assign(new Error('it took too long to connect'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(limit);
      reject(error);
    };
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      clearTimeout(limit);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function portOf(url: URL): number {
  return Number(url.port || (url.protocol === 'https:' ? 443 : 80));
}

/** By origin, the last TLS session with a server: the next handshake goes without its certificates. */
const sessions = new Map<string, Buffer>();

/**
 * A connection on which HTTP/1.1 can be spoken to the server: through the proxy if there is one, and with TLS for https.
 * @param timeoutMs for each step: the proxy, the server, TLS
 * @throws ProxyError, and the errors of the network; ETIMEDOUT
 */
export async function openConnection(target: URL, timeoutMs: number): Promise<net.Socket> {
  const socket = await connectTo(target, findProxy(target), timeoutMs);
  if (target.protocol !== 'https:') return socket;
  const { origin } = target;
  const host = bareHost(target);
  const options = { socket, host, servername: serverNameOf(host), ALPNProtocols: ['http/1.1'] };
  const start = () =>
    tls
      .connect({ ...options, session: sessions.get(origin) })
      .on('session', (session) => sessions.set(origin, session))
      .once('error', () => sessions.delete(origin));
  return secure(start, timeoutMs);
}

/** An address has no brackets outside of a URL. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

/** RFC 6066, 3 (https://www.rfc-editor.org/rfc/rfc6066#section-3): addresses are not named. */
function serverNameOf(host: string): string {
  return net.isIP(host) ? '' : host;
}

/** A connection to the server, through the proxy if there is one. @throws ProxyError, and the errors of the network */
async function connectTo(target: URL, proxy: OutgoingProxy | undefined, timeoutMs: number): Promise<net.Socket> {
  if (!proxy) return connectTcp(bareHost(target), portOf(target), timeoutMs);
  let socket: net.Socket;
  try {
    const host = bareHost(proxy.url);
    const plain = await connectTcp(host, portOf(proxy.url), timeoutMs);
    const start = () => tls.connect({ socket: plain, host, servername: serverNameOf(host) });
    socket = proxy.url.protocol === 'https:' ? await secure(start, timeoutMs) : plain;
  } catch (error) {
    throw new ProxyError(
      `the proxy ${proxy.address} (${proxy.variable}) cannot be used: ${describeNetworkError(error)}`,
      {
        cause: error,
      },
    );
  }
  return openTunnel(socket, target, proxy, timeoutMs);
}

/** RFC 9110, 9.3.6 (https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6). @throws ProxyError */
function openTunnel(socket: net.Socket, target: URL, proxy: OutgoingProxy, timeoutMs: number): Promise<net.Socket> {
  const authority = `${target.hostname}:${portOf(target)}`;
  return new Promise((resolve, reject) => {
    const refuse = (reason: string, cause?: unknown) => {
      socket.destroy();
      reject(new ProxyError(`the proxy ${proxy.address} (${proxy.variable}) ${reason}`, { cause }));
    };
    const request = http.request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, ...authorizationOf(proxy.url) },
      createConnection: () => socket,
      timeout: timeoutMs,
    });
    request.once('connect', ({ statusCode = 0 }) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      const hint = statusCode === 407 ? ': it does not take the user name and password of that variable' : '';
      refuse(`refused the way there with HTTP ${statusCode}${hint}`);
    });
    request.once('timeout', () => refuse('did not answer in time'));
    request.once('error', (error) => refuse(`broke off: ${describeNetworkError(error)}`, error));
    request.end();
  });
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (!username && !password) return {};
  const decode = (text: string) => {
    try {
      return decodeURIComponent(text);
    } catch {
      // A percent sign that begins no escape stands for itself.
      return text;
    }
  };
  const pair = Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64');
  return { 'proxy-authorization': `Basic ${pair}` };
}
