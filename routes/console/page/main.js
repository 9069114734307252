import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, onSignedOut } from './api.js';
import { html } from './html.js';
import { AccountsView } from './views/accounts.js';
import { CaptureView } from './views/capture.js';
import { CapturesView } from './views/captures.js';
import { ConfigurationView } from './views/configuration.js';
import { ConnectView } from './views/connect.js';
import { KeysView } from './views/keys.js';
import { OverviewView } from './views/overview.js';
import { RequestView } from './views/request.js';
import { RequestsView } from './views/requests.js';
import { SignInView } from './views/sign-in.js';
import { TryView } from './views/try.js';

/** By what follows `#/`. */
const views = {
  overview: ['Overview', OverviewView],
  requests: ['Requests', RequestsView],
  captures: ['Captures', CapturesView],
  try: ['Try it', TryView],
  connect: ['Connect', ConnectView],
  keys: ['Keys', KeysView],
  accounts: ['Sign-ins', AccountsView],
  configuration: ['Configuration', ConfigurationView],
};

/** Of one of a list, by the list's name. */
const single = { requests: ['Request', RequestView], captures: ['Capture', CaptureView] };

/** The one-time link's ticket, which leaves the address, and so the history, at once. */
function takeTicket() {
  const ticket = new URLSearchParams(location.hash.slice(1)).get('ticket');
  if (ticket !== null) history.replaceState(null, '', location.pathname);
  return ticket;
}

function readRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/');
  return {
    name: name in views ? name : 'overview',
    id: rest.length > 0 ? decodeURIComponent(rest.join('/')) : undefined,
    query: new URLSearchParams(query),
  };
}

function useRoute() {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const follow = () => setRoute(readRoute());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}

function Navigation({ current }) {
  const list = useRef();
  // On a phone the list is wider than the screen.
  useEffect(() => {
    list.current.querySelector('[aria-current]').scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [current]);
  return html`<nav aria-label="Console">
    <ul ref=${list}>
      ${Object.entries(views).map(
        ([name, [title]]) => html`<li key=${name}>
          <a href=${`#/${name}`} aria-current=${name === current ? 'page' : undefined}>${title}</a>
        </li>`,
      )}
    </ul>
  </nav>`;
}

/** Shows a view, and takes a screen reader to its heading when it changes. */
function View({ route }) {
  const [title, Content] = (route.id && single[route.name]) || views[route.name];
  const heading = useRef();
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${title} · OpenCompat`;
    if (!isFirst.current) heading.current.focus();
    isFirst.current = false;
  }, [title, route.id]);
  return html`<main id="content">
    <h1 tabindex="-1" ref=${heading}>${title}</h1>
    <${Content} key=${`${route.name}/${route.id ?? ''}`} id=${route.id} query=${route.query} />
  </main>`;
}

function Console({ session, onEnd }) {
  const route = useRoute();
  const signOut = () => api.delete('session').finally(() => onEnd());
  const skip = (event) => {
    event.preventDefault();
    document.querySelector('#content h1').focus();
  };
  return html`
    <a class="skip" href="#content" onClick=${skip}>Skip to the content</a>
    <header>
      <a class="brand" href="#/overview"><img src="assets/icon.svg" alt="" width="24" height="24" />OpenCompat</a>
      <span class="version">${session.version}</span>
      <button type="button" class="small" onClick=${signOut}>Sign out</button>
    </header>
    <div class="body">
      <${Navigation} current=${route.name} />
      <${View} route=${route} />
    </div>
  `;
}

function Root({ ticket }) {
  const [session, setSession] = useState();
  const [isEnded, setEnded] = useState(false);
  useEffect(() => {
    onSignedOut(() => {
      setEnded(true);
      setSession(undefined);
    });
  }, []);
  if (session) return html`<${Console} session=${session} onEnd=${() => setSession(undefined)} />`;
  return html`<${SignInView} ticket=${ticket} isEnded=${isEnded} onOpen=${setSession} />`;
}

render(html`<${Root} ticket=${takeTicket()} />`, document.getElementById('console'));
