import { queryOf } from '../api.js';
import { formatAgo, formatAhead, formatCount, formatOutcome, formatPercent, toneOfOutcome } from '../format.js';
import { useLoad } from '../hooks.js';
import { html } from '../html.js';
import { Badge, Empty, Failure, Notice, Prose, Table } from '../parts.js';
import { ConfigFault, ProviderState } from '../server-state.js';
import { UsageSection } from './usage.js';

const refreshMs = 5_000;

export function OverviewView() {
  const { data, error } = useLoad('overview', refreshMs);
  if (!data) return error ? html`<${Failure} error=${error} />` : html`<${Empty}>Loading…<//>`;
  return html`
    <${Failure} error=${error} />
    <${ConfigFault} fault=${data.config?.fault} />
    ${data.usageFault && html`<${Notice} tone="warn">The usage is not recorded: <${Prose} text=${data.usageFault} /><//>`}
    <section aria-labelledby="providers">
      <h2 id="providers">Providers</h2>
      <div class="cards">${data.providers.map((provider) => html`<${Provider} key=${provider.name} ...${provider} />`)}</div>
    </section>
    <section aria-labelledby="running">
      <h2 id="running">Running now</h2>
      <${Running} rows=${data.running} />
    </section>
    <section aria-labelledby="errors">
      <h2 id="errors">Errors of the last day</h2>
      <${Errors} groups=${data.errors} />
    </section>
    <${UsageSection} />
  `;
}

function Provider(provider) {
  const { title, account, reason, warning, quota = [], signedIn, canSignIn } = provider;
  return html`<article class="card">
    <div class="card-head"><h3>${title}</h3><${ProviderState} ...${provider} /></div>
    ${account && html`<p class="soft">${account}</p>`}
    ${reason && html`<p><${Prose} text=${reason} /></p>`}
    ${warning && html`<p class="warning">${warning}</p>`}
    ${canSignIn && signedIn === false && html`<p><a href="#/accounts">Sign in</a></p>`}
    ${quota.map((window) => html`<${QuotaBar} key=${window.label} ...${window} />`)}
  </article>`;
}

function toneOfUse(usedPercent, runsDryAt) {
  if (usedPercent >= 95) return 'bad';
  return usedPercent >= 80 || runsDryAt ? 'warn' : 'good';
}

/** How much of a window is used, beside how much of its time has gone: the mark. */
function QuotaBar({ label, usedPercent, resetsAt, pacePercent, runsDryAt, note }) {
  const used = Math.min(100, Math.max(0, usedPercent));
  const pace = pacePercent === undefined ? undefined : Math.min(100, Math.max(0, pacePercent));
  const told = [
    resetsAt && `resets ${formatAhead(resetsAt)}`,
    pace !== undefined && `even pace ${formatPercent(pacePercent)}`,
  ].filter(Boolean);
  return html`<div class="quota">
    <div class="quota-head"><span>${label}</span><strong>${formatPercent(usedPercent)} used</strong></div>
    <div class="bar" role="meter" aria-label=${`Quota of the ${label}`} aria-valuemin="0" aria-valuemax="100"
      aria-valuenow=${Math.round(used)}>
      <div class=${`fill ${toneOfUse(usedPercent, runsDryAt)}`} style=${{ width: `${used}%` }}></div>
      ${pace !== undefined && html`<div class="pace" style=${{ left: `${pace}%` }}></div>`}
    </div>
    ${told.length > 0 && html`<p class="soft">${told.join(' · ')}</p>`}
    ${runsDryAt && html`<p class="warning">At this pace it runs dry ${formatAhead(runsDryAt)}.</p>`}
    ${note && html`<p class="soft">${note}</p>`}
  </div>`;
}

const runningColumns = [
  { title: 'Since', cell: ({ startedAt }) => formatAgo(startedAt) },
  { title: 'Client', cell: ({ client }) => client },
  { title: 'API', kind: 'wide', cell: ({ api }) => api },
  { title: 'Model', cell: ({ provider, model }) => [provider, model].filter(Boolean).join('/') || '–' },
  { title: 'Streams', kind: 'wide', cell: ({ isStreaming }) => (isStreaming ? 'yes' : 'no') },
];

function Running({ rows }) {
  if (rows.length === 0) return html`<${Empty}>No request is running.<//>`;
  return html`<${Table} label="Requests that run now" columns=${runningColumns} rows=${rows} keyOf=${({ id }) => id} />`;
}

function Errors({ groups }) {
  if (groups.length === 0) return html`<${Empty}>None. Every request of the last 24 hours went well.<//>`;
  return html`<ul class="list">
    ${groups.map(
      ({
        error,
        outcome,
        provider,
        count,
        lastAt,
        reason,
        advice,
      }) => html`<li key=${`${error} ${outcome} ${provider}`}>
        <div class="card-head">
          <h3>${formatOutcome(outcome)}${provider ? ` · ${provider}` : ''}</h3>
          <${Badge} tone=${toneOfOutcome(outcome)}>${`${formatCount(count)} ×`}<//>
        </div>
        ${reason && html`<p><${Prose} text=${reason} /></p>`}
        ${advice && html`<p class="advice"><${Prose} text=${advice} /></p>`}
        <p class="soft">
          Last ${formatAgo(lastAt)}${error && html` · <code>${error}</code>`} ·${' '}
          <a href=${`#/requests?${queryOf({ outcome, provider })}`}>Show them</a>
        </p>
      </li>`,
    )}
  </ul>`;
}
