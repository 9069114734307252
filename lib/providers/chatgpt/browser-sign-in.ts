/** Sign-in with a browser: the redirect comes to a small server on loopback, or is pasted by hand. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { SignInError, toSignInError } from '../../auth/sign-in-server.ts';
import { publicText } from '../../public-text.ts';
import { type AuthClient, buildAuthorizeUrl, exchangeCode, type TokenSet } from './oauth.ts';

/** The redirect addresses that the sign-in server accepts: the first, else the second. */
const callbackPorts = [1455, 1457];
const callbackPath = '/auth/callback';
/** Both loopback addresses, since browsers resolve `localhost` to either; never an address that others can reach. */
const callbackHosts = ['127.0.0.1', '::1'];

export interface BrowserSignInOptions {
  client: AuthClient;
  /** Unguessable; comes back with the redirect. */
  state: string;
  /** PKCE verifier, and its S256 challenge. */
  verifier: string;
  codeChallenge: string;
  /** Keeps the tokens. The browser is told of success only afterwards. */
  save(tokens: TokenSet): Promise<void>;
  /** Ends the wait. */
  signal: AbortSignal;
}

export interface BrowserSignIn {
  /** What the person opens. */
  url: URL;
  redirectUri: string;
  /** Takes the address (or its query) at which a browser elsewhere ended. @returns what is wrong with it, if something is */
  paste(text: string): Promise<string | undefined>;
  /** Settles when the tokens are saved, or the sign-in has failed. @throws SignInError */
  done: Promise<void>;
}

interface Reply {
  status: number;
  title: string;
  text: string;
}

/** @throws SignInError when neither port is free */
export async function startBrowserSignIn(options: BrowserSignInOptions): Promise<BrowserSignIn> {
  const { client, state, verifier, codeChallenge, save, signal } = options;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  let isReceived = false;

  async function receive(parameters: URLSearchParams): Promise<Reply> {
    // Checked first: a redirect with another state does not belong to this sign-in.
    if (parameters.get('state') !== state) {
      const refused = describeRefusal(parameters);
      const text = 'The state does not belong to the sign-in under way.';
      return { status: 400, title: 'Not this sign-in', text: refused ? `${text} It says: ${refused}` : text };
    }
    if (isReceived) return { status: 409, title: 'Already received', text: 'This sign-in was received before.' };
    isReceived = true;
    try {
      const refused = describeRefusal(parameters);
      if (refused) throw new SignInError(refused);
      const code = parameters.get('code');
      if (!code) throw new SignInError('The redirect holds no code.');
      await save(await exchangeCode(client, { code, redirectUri, verifier }, signal));
      resolve();
      return { status: 200, title: 'Signed in', text: 'OpenCompat is signed in. You can close this page.' };
    } catch (error) {
      const failure = toSignInError(error);
      reject(failure);
      return { status: 400, title: 'Sign-in failed', text: failure.message };
    }
  }

  const { servers, port } = await listen(async (url, res) => {
    if (url.pathname !== callbackPath) {
      respond(res, { status: 404, title: 'Not found', text: 'There is nothing here.' });
      return;
    }
    respond(res, await receive(url.searchParams));
  });
  const redirectUri = `http://localhost:${port}${callbackPath}`;

  const giveUp = () => reject(new SignInError('The sign-in was not completed in time. Run `opencompat login` again.'));
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();

  return {
    url: buildAuthorizeUrl(client, { redirectUri, state, codeChallenge }),
    redirectUri,
    async paste(text) {
      const parameters = parsePastedRedirect(text);
      if (!parameters) return 'That is not the redirect address: it has `code=` and `state=` in it.';
      // Some refusing pages leave the state out, and a pasted address comes from the person anyway.
      const refused = parameters.has('state') ? undefined : describeRefusal(parameters);
      if (refused) return void reject(new SignInError(refused));
      const reply = await receive(parameters);
      // Once it was the right redirect, `done` tells how it ended.
      return isReceived ? undefined : reply.text;
    },
    done: done.finally(() => {
      signal.removeEventListener('abort', giveUp);
      // Connections that still carry the last page end by themselves; idle ones need not be waited for.
      for (const server of servers) {
        server.close();
        server.closeIdleConnections();
      }
    }),
  };
}

/** The query of a pasted address, with or without the address. */
export function parsePastedRedirect(text: string): URLSearchParams | undefined {
  const trimmed = text.trim();
  const parameters = new URLSearchParams(trimmed.slice(trimmed.indexOf('?') + 1).replace(/#.*$/, ''));
  const isRedirect = parameters.has('error') || (parameters.has('state') && parameters.has('code'));
  return isRedirect ? parameters : undefined;
}

/** In the provider's words (RFC 6749 §4.1.2.1, https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1). */
function describeRefusal(parameters: URLSearchParams): string | undefined {
  const code = parameters.get('error');
  if (!code) return undefined;
  const words = publicText(parameters.get('error_description'));
  const name = publicText(code);
  return `The sign-in was refused: ${words ? `${words} (${name})` : name}`;
}

/** Why the next port is tried. Windows (Hyper-V, WSL) reserves ranges of ports and then says EACCES. */
const portFaults: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'is reserved by the system',
  EPERM: 'is reserved by the system',
};

async function listen(
  handle: (url: URL, res: ServerResponse) => Promise<void>,
): Promise<{ servers: Server[]; port: number }> {
  const faults: string[] = [];
  for (const port of callbackPorts) {
    const servers: Server[] = [];
    try {
      for (const host of callbackHosts) {
        const server = createServer((req, res) => {
          const url = URL.parse(req.url ?? '/', 'http://localhost');
          if (req.method === 'GET' && url) void handle(url, res);
          else respond(res, { status: 405, title: 'Not allowed', text: 'Only GET is served here.' });
        });
        if (await bind(server, port, host)) servers.push(server);
      }
      return { servers, port };
    } catch (error) {
      for (const server of servers) server.close();
      const { code = '' } = error as NodeJS.ErrnoException;
      if (!Object.hasOwn(portFaults, code)) throw toSignInError(error);
      faults.push(`${port} ${portFaults[code]} (${code})`);
    }
  }
  throw new SignInError(
    `The ports of the sign-in cannot be listened on: ${faults.join(', ')}. Free one of them, or use \`opencompat login --device\`.`,
  );
}

/** @returns false where the machine has no such address (IPv6 switched off) */
function bind(server: Server, port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (host === '::1' && (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')) resolve(false);
      else reject(error);
    });
    server.listen({ port, host, ipv6Only: true }, () => resolve(true));
  });
}

function respond(res: ServerResponse, { status, title, text }: Reply): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(title)}</title><h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p></html>\n`;
  res.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    // The address of this page holds the code.
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  res.end(page);
}

const htmlEntities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlEntities[character]!);
}
