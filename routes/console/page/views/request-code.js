import { useState } from 'preact/hooks';
import { baseUrls } from '../base-urls.js';
import { html } from '../html.js';
import { Choice, Copyable } from '../parts.js';
import { languagesOf, writeRequest } from '../request-code.js';

/**
 * A request as lines that send it from elsewhere.
 * @param {{ api?: string, path: string, body: object, headers?: Record<string, string> }} props `api`: for a client library, as in try-apis.js
 */
export function RequestCode({ api, path, body, headers = {} }) {
  const [language, setLanguage] = useState('curl');
  const languages = languagesOf(api);
  const shown = languages.some(([name]) => name === language) ? language : 'curl';
  const text = writeRequest(shown, { api, root: baseUrls.root, path, body, headers });
  return html`<section aria-labelledby="code">
    <div class="section-head">
      <h2 id="code">This request elsewhere</h2>
      <${Choice} label="Language" options=${languages} value=${shown} onChange=${setLanguage} />
    </div>
    <${Copyable} label=${`The request in ${shown}`} text=${text} />
    <p class="soft"><code>OPENCOMPAT_KEY</code> stands for a client key.</p>
  </section>`;
}
