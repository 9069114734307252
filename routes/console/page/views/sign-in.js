import { useEffect, useState } from 'preact/hooks';
import { openSession } from '../api.js';
import { useTask } from '../hooks.js';
import { html } from '../html.js';
import { Failure, TextField } from '../parts.js';

/** The console's own sign-in, by the admin key. A one-time link needs no screen: `main.js` takes its ticket. */
export function SignInView({ onOpen, children }) {
  const [key, setKey] = useState('');
  const task = useTask();
  useEffect(() => {
    document.title = 'Sign in · OpenCompat';
  }, []);
  const submit = (event) => {
    event.preventDefault();
    task.run(async () => onOpen(await openSession({ key: key.trim() })));
  };
  return html`<main class="sign-in">
    <img src="assets/icon.svg" alt="" width="40" height="40" />
    <h1>OpenCompat console</h1>
    ${children}
    <form onSubmit=${submit}>
      <${TextField} label="Admin key" type="password" value=${key} onInput=${setKey} required
        hint="The operator’s key. Client keys do not open the console." autocomplete="current-password" />
      <${Failure} error=${task.error} />
      <button class="primary" disabled=${task.isBusy}>Sign in</button>
    </form>
    <p class="hint">No key at hand? <code>opencompat console</code> on the server prints a link that signs you in once.</p>
  </main>`;
}
