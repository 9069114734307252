import { defineRoute } from '../lib/route.ts';
import { version } from '../lib/version.ts';

/** What is served here, for a person who opens the base URL. */
export default defineRoute({
  method: 'get',
  path: '/',
  through: 'cors',
  createHandler({ routes }) {
    const endpoints = routes.map(({ method, path }) => `${method.toUpperCase()} ${path.replace('/*', '/:')}`);
    return function showHome(_req, res) {
      res.json({ name: 'opencompat', version, endpoints });
    };
  },
});
