import { useEffect, useState } from 'preact/hooks';
import { openSession } from '../api.js';
import { useTask } from '../hooks.js';
import { html } from '../html.js';
import { Empty, Failure, Notice, Prose, TextField } from '../parts.js';

/** Looks for a session, or opens one by a one-time link's ticket. What is left to do comes with `missing`. */
function useSession(ticket, onOpen) {
  const [missing, setMissing] = useState();
  const [fault, setFault] = useState();
  useEffect(() => {
    const look = () => openSession().then(onOpen, setMissing);
    if (ticket === null) look();
    else openSession({ ticket }).then(onOpen, (error) => setFault(error) || look());
  }, []);
  return { missing, fault };
}

/**
 * The console's own sign-in: by the admin key, or by a one-time link, whose ticket `main.js` has found.
 *
 * @param {{ ticket: string | null, isEnded: boolean, onOpen: (session: object) => void }} props
 */
export function SignInView({ ticket, isEnded, onOpen }) {
  const { missing, fault } = useSession(isEnded ? null : ticket, onOpen);
  useEffect(() => {
    document.title = 'Sign in · OpenCompat';
  }, []);
  if (!missing)
    return html`<main class="sign-in"><h1 class="unseen">OpenCompat console</h1><${Empty}>Loading…<//></main>`;
  const isByKey = !missing.ways || missing.ways.includes('key');
  return html`<main class="sign-in">
    <img src="assets/icon.svg" alt="" width="40" height="40" />
    <h1>OpenCompat console</h1>
    ${isEnded && html`<${Notice} tone="warn">The session has ended. Sign in again.<//>`}
    <${Failure} error=${fault} />
    ${isByKey ? html`<${KeyForm} onOpen=${onOpen} />` : html`<p><${Prose} text=${missing.message} /></p>`}
    ${isByKey && html`<p class="hint">No key at hand? <code>opencompat console</code> on the server’s machine opens the console by a link that is good once.</p>`}
  </main>`;
}

function KeyForm({ onOpen }) {
  const [key, setKey] = useState('');
  const task = useTask();
  const submit = (event) => {
    event.preventDefault();
    task.run(async () => onOpen(await openSession({ key: key.trim() })));
  };
  return html`<form onSubmit=${submit}>
    <${TextField} label="Admin key" type="password" value=${key} onInput=${setKey} required
      hint="The operator’s key. Client keys do not open the console." autocomplete="current-password" />
    <${Failure} error=${task.error} />
    <button class="primary" disabled=${task.isBusy}>Sign in</button>
  </form>`;
}
