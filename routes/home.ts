import { lookAtProviders } from '../lib/providers/states.ts';
import { defineRoute } from '../lib/server/route.ts';
import { version } from '../lib/version.ts';
import { homePagePolicy, renderHomePage } from './home-page.ts';

/** Programs with which a person looks at a page, without saying in what form. */
const personsTool = /^(curl|httpie|wget)\b/i;

/**
 * What is served here, for whoever opens the base URL: a page for a browser, a list for a tool. A program that takes anything gets
 * what Ollama says there: its clients look for that text, or at least for the status, to find out whether the server runs (HEAD too).
 */
export default defineRoute({
  method: 'get',
  path: '/',
  through: 'cors',
  createHandler({ routes, providers }) {
    const endpoints = routes
      .filter(({ path }) => !path.startsWith('/console'))
      .map(({ method, path }) => `${method.toUpperCase()} ${path.replace('/*', '/:')}`);
    return async function showHome(req, res) {
      const { accept = '', host = '', 'user-agent': agent = '' } = req.headers;
      res.vary('Accept').vary('User-Agent');
      if (/html/i.test(accept)) {
        const ready = (await lookAtProviders(providers)).filter(({ isReady }) => isReady);
        const answering = ready.some(({ name }) => name !== 'demo') ? 'provider' : ready.length > 0 ? 'demo' : 'nobody';
        res.set({ 'content-security-policy': homePagePolicy, 'cache-control': 'no-store' });
        res.type('text/html').send(renderHomePage({ version, origin: `${req.protocol}://${host}`, answering }));
      } else if (/json/i.test(accept) || personsTool.test(agent)) res.json({ name: 'opencompat', version, endpoints });
      else res.type('text/plain').send('Ollama is running');
    };
  },
});
