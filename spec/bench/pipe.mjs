/**
 * The floor: the least that a server made with node:http does. Forwards the body and pipes the answer, translates nothing.
 * Plain JavaScript, so that it does not pay for type stripping either.
 *
 *     node pipe.mjs <port> <upstream origin>
 */
import { Agent, createServer, request } from 'node:http';

const [, , port, upstreamOrigin] = process.argv;
const agent = new Agent({ keepAlive: true });

const server = createServer((req, res) => {
  if (req.url === '/health') {
    res.end('{"status":"ok"}');
    return;
  }
  const { host: _host, connection: _connection, ...headers } = req.headers;
  const upstream = request(new URL(req.url, upstreamOrigin), { method: req.method, headers, agent }, (answer) => {
    res.writeHead(answer.statusCode, answer.headers);
    answer.pipe(res);
  });
  upstream.on('error', () => res.destroy());
  res.on('close', () => upstream.destroy());
  req.pipe(upstream);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', 2048);
