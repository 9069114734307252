import { defineRoute } from '../lib/server/route.ts';
import { version } from '../lib/version.ts';

/** Programs with which a person looks at a page, without saying in what form. */
const personsTool = /^(curl|httpie|wget)\b/i;

/**
 * What is served here, for a person who opens the base URL. A program that takes anything gets what Ollama says there:
 * its clients look for that text, or at least for the status, to find out whether the server runs (HEAD too).
 */
export default defineRoute({
  method: 'get',
  path: '/',
  through: 'cors',
  createHandler({ routes }) {
    const endpoints = routes.map(({ method, path }) => `${method.toUpperCase()} ${path.replace('/*', '/:')}`);
    return function showHome({ headers: { accept = '', 'user-agent': agent = '' } }, res) {
      res.vary('Accept').vary('User-Agent');
      if (/json|html/i.test(accept) || personsTool.test(agent)) res.json({ name: 'opencompat', version, endpoints });
      else res.type('text/plain').send('Ollama is running');
    };
  },
});
