import { useState } from 'preact/hooks';
import { api } from '../api.js';
import { formatTime } from '../format.js';
import { useLoad, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Failure } from '../parts.js';
import { ConfigFault, ReloadReport } from '../server-state.js';
import { AliasSection } from './aliases.js';

export function ConfigurationView() {
  const { data, error, reload } = useLoad('overview');
  const [report, setReport] = useState();
  const task = useTask();
  const reloadConfig = () =>
    task.run(async () => {
      setReport(await api.post('reload'));
      await reload();
    });
  return html`
    <${Failure} error=${error} />
    <${ConfigFault} fault=${data?.config?.fault} />
    <section aria-labelledby="file">
      <h2 id="file">Configuration file</h2>
      ${data && html`<${ConfigFile} ...${data.config} />`}
      <div class="actions"><button type="button" disabled=${task.isBusy} onClick=${reloadConfig}>Reload</button></div>
      <${Failure} error=${task.error} />
      ${report && html`<${ReloadReport} ...${report} />`}
    </section>
    <${AliasSection} onSaved=${reload} />
  `;
}

function ConfigFile({ source, lastReload }) {
  const { at, waiting = [] } = lastReload ?? {};
  return html`
    <p>${source ? html`<code>${source}</code>` : 'There is no file: defaults and the environment count.'}</p>
    ${at && html`<p class="soft">Taken up ${formatTime(at)}.</p>`}
    ${waiting.length > 0 && html`<p>Changed, and counts after a restart: <code>${waiting.join(', ')}</code></p>`}
  `;
}
