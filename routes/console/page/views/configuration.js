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
      ${data?.config && html`<p>${data.config.source ? html`<code>${data.config.source}</code>` : 'No file: the defaults count.'}</p>`}
      ${data?.config?.lastReload?.at && html`<p class="soft">Last taken up ${formatTime(data.config.lastReload.at)}.</p>`}
      <div class="actions"><button type="button" disabled=${task.isBusy} onClick=${reloadConfig}>Reload</button></div>
      <${Failure} error=${task.error} />
      ${report && html`<${ReloadReport} ...${report} />`}
    </section>
    <${AliasSection} onSaved=${reload} />
  `;
}
