import { useEffect, useState } from 'preact/hooks';
import { api } from '../api.js';
import { formatAhead } from '../format.js';
import { useLoad, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Confirm, Copyable, Dialog, Empty, Failure, Notice, Prose } from '../parts.js';
import { ProviderState } from '../server-state.js';

const pollMs = 3_000;

/** Sign-ins of the providers that have them. */
export function AccountsView() {
  const { data, error, reload } = useLoad('overview');
  const [open, setOpen] = useState();
  const close = () => setOpen(undefined);
  const task = useTask();
  const providers = data?.providers.filter(({ canSignIn }) => canSignIn) ?? [];
  const begin = ({ name, title }) =>
    task.run(async () =>
      setOpen({ kind: 'in', title, signIn: await api.post(`sign-ins/${encodeURIComponent(name)}`) }),
    );
  const signOut = () =>
    task.run(async () => {
      await api.delete(`accounts/${encodeURIComponent(open.name)}`);
      await reload();
      close();
    });
  return html`
    <p>The server signs in to a provider with your account; its tokens never leave the server.</p>
    <${Failure} error=${error ?? (open ? undefined : task.error)} />
    ${data && providers.length === 0 && html`<${Empty}>No configured provider has a sign-in.<//>`}
    <div class="cards">
      ${providers.map(
        (provider) => html`<article class="card" key=${provider.name}>
          <${Account} ...${provider} />
          <div class="actions">
            <button type="button" class=${provider.signedIn ? '' : 'primary'} disabled=${task.isBusy} onClick=${() => begin(provider)}>
              Sign in ${provider.signedIn ? 'anew' : ''} <span class="unseen">to ${provider.title}</span>
            </button>
            ${provider.signedIn && html`<button type="button" class="danger" onClick=${() => setOpen({ kind: 'out', ...provider })}>Sign out <span class="unseen">of ${provider.title}</span></button>`}
          </div>
        </article>`,
      )}
    </div>
    ${open?.kind === 'in' && html`<${DeviceSignIn} ...${open} onClose=${close} onDone=${reload} />`}
    ${
      open?.kind === 'out' &&
      html`<${Confirm} title=${`Sign out of ${open.title}?`} action="Sign out" task=${task} onClose=${close} onConfirm=${signOut}>
        <p>The server forgets its credentials. Requests to its models fail until somebody signs in again.</p>
      <//>`
    }
  `;
}

function Account(provider) {
  const { title, account, reason, warning } = provider;
  return html`
    <div class="card-head"><h2>${title}</h2><${ProviderState} ...${provider} /></div>
    ${account && html`<p class="soft">${account}</p>`}
    ${reason && html`<p><${Prose} text=${reason} /></p>`}
    ${warning && html`<p class="warning">${warning}</p>`}
  `;
}

/** Asks how a sign-in stands until it has ended. */
function useSignInState(id, onDone) {
  const [state, setState] = useState({ state: 'waiting' });
  useEffect(() => {
    let timer;
    let isOver = false;
    const look = async () => {
      const found = await api.get(`sign-ins/${id}`).catch((error) => ({ state: 'failed', message: error.message }));
      if (isOver) return;
      setState(found);
      if (found.state === 'waiting') timer = setTimeout(look, pollMs);
      if (found.state === 'done') onDone();
    };
    timer = setTimeout(look, pollMs);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [id]);
  return state;
}

function DeviceSignIn({ title, signIn, onClose, onDone }) {
  const { id, userCode, verificationUrl, expiresAt } = signIn;
  const { state, message } = useSignInState(id, onDone);
  const giveUp = () => {
    if (state === 'waiting') api.delete(`sign-ins/${id}`).catch(() => {});
    onClose();
  };
  return html`<${Dialog} title=${`Sign in to ${title}`} onClose=${giveUp}>
    ${
      state === 'waiting' &&
      html`<ol>
          <li>Copy this code: <${Copyable} label="The code" text=${userCode} /></li>
          <li>Type it at <a href=${verificationUrl} target="_blank" rel="noopener noreferrer">${verificationUrl}</a>.</li>
        </ol>
        <p class="soft" role="status">Waiting for you there. The code ends ${formatAhead(expiresAt)}.</p>`
    }
    ${state === 'done' && html`<${Notice} tone="good">Signed in to ${title}.<//>`}
    ${state === 'failed' && html`<${Notice}>${message ?? 'The sign-in failed.'}<//>`}
    <div class="actions"><button type="button" onClick=${giveUp}>${state === 'waiting' ? 'Give up' : 'Close'}</button></div>
  <//>`;
}
