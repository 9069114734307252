/** The page that a browser gets at the base URL. It holds no secret, and loads nothing. */
import { createHash } from 'node:crypto';

const style = `
:root { color-scheme: light dark; --line: light-dark(#d5dae1, #353b45); --soft: light-dark(#5a6472, #a2adbb); --link: light-dark(#0b57d0, #8ab4f8) }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 42rem; padding: 3rem 1.25rem; font: 1rem/1.55 system-ui, sans-serif;
  color: light-dark(#1b2430, #e6eaf0); background: light-dark(#fbfcfd, #14181f) }
h1 { margin: 0; font-size: 1.75rem }
h2 { margin: 2.25rem 0 .5rem; font-size: 1.1rem }
a { color: var(--link) }
.state { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem }
.state::before { content: '●'; margin-right: .6rem; color: light-dark(#18794e, #4cc38a) }
.waiting::before { color: light-dark(#b45309, #f5b544) }
dl { margin: 0 }
dt { margin-top: .9rem; color: var(--soft) }
dd { margin: .15rem 0 0 }
code { font: .95rem ui-monospace, monospace; overflow-wrap: anywhere; user-select: all }
.console { display: inline-block; padding: .6rem 1.1rem; border-radius: .5rem; text-decoration: none;
  color: light-dark(#fff, #10141a); background: var(--link) }
`;

/** The server does not know the path below which a proxy serves it; the browser does. */
const script = `
for (const element of document.querySelectorAll('code[data-path]')) {
  element.textContent = new URL(element.dataset.path, location.href).href.replace(/\\/$/, '');
}
`;

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

export const homePagePolicy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

export interface HomeFacts {
  readonly version: string;
  /** As the client reached the server: `https://box.example`. */
  readonly origin: string;
  /** Who can answer: a provider, the built-in demo alone, or nobody. */
  readonly answering: 'provider' | 'demo' | 'nobody';
}

const howToSignIn = 'Sign in to a provider in the console, or run <code>opencompat login</code> on the server.';

const stateLines: Readonly<Record<HomeFacts['answering'], string>> = {
  provider: '<p class="state">It works: requests are answered.</p>',
  demo: `<p class="state waiting">It runs, but only the built-in model <code>demo</code> answers so far. ${howToSignIn}</p>`,
  nobody: `<p class="state waiting">It runs, but no provider can answer. ${howToSignIn}</p>`,
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function renderHomePage({ version, origin, answering }: HomeFacts): string {
  const base = escapeHtml(origin);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenCompat</title>
<style>${style}</style>
<main>
<h1>OpenCompat</h1>
<p>A personal API layer: a ChatGPT plan, a Copilot seat or any OpenAI-compatible server behind the APIs that your tools already speak. Version ${escapeHtml(version)}.</p>
${stateLines[answering]}
<h2>Base URLs for your tools</h2>
<dl>
<dt>Clients of OpenAI’s API</dt><dd><code data-path="./v1">${base}/v1</code></dd>
<dt>Clients of Anthropic’s API</dt><dd><code data-path="./">${base}</code></dd>
<dt>Clients of Ollama</dt><dd><code data-path="./">${base}</code></dd>
</dl>
<h2>For the operator</h2>
<p>Quota, requests, keys, sign-ins and ready-made settings for each client are in the console.</p>
<p><a class="console" href="console/">Open the console</a></p>
</main>
<script type="module">${script}</script>
</html>
`;
}
