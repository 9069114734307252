/**
 * nginx in front, in the cluster: configured from the Ingress that the chart makes, as ingress-nginx would do it by our
 * annotations. TLS, streams as they come, large bodies, and clients that leave.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Manifest } from '../render.ts';
import { createNamespace, createUpstream, makeCertificate, type Namespace, signInOf } from './operator.ts';

const host = 'opencompat.example.com';
const annotationPrefix = 'nginx.ingress.kubernetes.io/';

/** What ingress-nginx makes of the annotations that it is given; it refuses none, this refuses those it does not know. */
function toDirectives(annotations: Record<string, string>): string[] {
  const known: Record<string, (value: string) => string> = {
    'proxy-body-size': (size) => `client_max_body_size ${size};`,
    'proxy-buffering': (isOn) => `proxy_buffering ${isOn};`,
    'proxy-read-timeout': (seconds) => `proxy_read_timeout ${seconds}s;`,
    'proxy-send-timeout': (seconds) => `proxy_send_timeout ${seconds}s;`,
    'ssl-redirect': () => '',
  };
  return Object.entries(annotations)
    .filter(([name]) => name.startsWith(annotationPrefix))
    .map(([name, value]) => {
      const toDirective = known[name.slice(annotationPrefix.length)];
      assert.ok(toDirective, `${name}: not known what ingress-nginx does with it`);
      return toDirective(value);
    });
}

function toConfig({ metadata, spec }: Manifest, port: number): string {
  const [rule] = spec.rules;
  const { service } = rule.http.paths[0].backend;
  assert.deepEqual(spec.tls[0].hosts, [rule.host]);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path /tmp/${name};`,
  );
  return `worker_processes 1; pid /tmp/nginx.pid; error_log stderr; events {}
http {
  access_log off; ${temporary.join(' ')}
  server {
    listen 8443 ssl; server_name ${rule.host};
    ssl_certificate /tls/tls.crt; ssl_certificate_key /tls/tls.key;
    location / {
      proxy_pass http://${service.name}.${metadata.namespace}.svc.cluster.local:${port};
      proxy_http_version 1.1; proxy_set_header Connection ''; proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
      ${toDirectives(metadata.annotations).join(' ')}
    }
  }
}`;
}

/** nginx by the Ingress of the namespace. @returns its Pod's address */
async function startNginx(namespace: Namespace, certificate: { key: string; certificate: string }): Promise<string> {
  const config = toConfig(await namespace.get('ingress', 'opencompat'), 8080);
  const metadata = { name: 'nginx' };
  const stringData = { 'tls.crt': certificate.certificate, 'tls.key': certificate.key };
  await namespace.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'opencompat-tls' }, stringData });
  await namespace.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'nginx.conf': config } });
  const securityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  await namespace.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      securityContext: { runAsNonRoot: true, runAsUser: 101, fsGroup: 101, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          ...{ name: 'nginx', image: 'docker.io/nginxinc/nginx-unprivileged:1.28-alpine', imagePullPolicy: 'Never' },
          command: ['nginx', '-e', 'stderr', '-c', '/config/nginx.conf', '-g', 'daemon off;'],
          securityContext,
          readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
          volumeMounts: [
            { name: 'config', mountPath: '/config' },
            { name: 'tls', mountPath: '/tls' },
          ],
        },
      ],
      volumes: [
        { name: 'config', configMap: metadata },
        { name: 'tls', secret: { secretName: 'opencompat-tls' } },
      ],
    },
  });
  await namespace.kubectl(['wait', '--for=condition=Ready', 'pod/nginx', '--timeout=60s']);
  return (await namespace.get('pod', 'nginx')).status.podIP;
}

async function readUntil(answer: IncomingMessage, pattern: RegExp): Promise<void> {
  let read = '';
  while (!pattern.test(read)) read += String((await once(answer, 'data'))[0]);
}

test('nginx by our annotations', async (t) => {
  const { upstream, values } = await createUpstream(t);
  const namespace = await createNamespace(t);
  await namespace.apply(signInOf(upstream));
  const ingress = { enabled: true, hosts: [{ host, paths: [{ path: '/' }] }], tls: [{ secretName: 'opencompat-tls' }] };
  await namespace.helm('install', { ...values, config: { ...values.config, allowedHosts: [host] }, ingress });
  const certificate = await makeCertificate(`DNS:${host}`);
  const address = await startNginx(namespace, certificate);

  const ask = async (
    isStreaming: boolean,
    content = 'Hello',
    options: RequestOptions = {},
  ): Promise<IncomingMessage> => {
    const headers = { host, 'content-type': 'application/json' };
    const target = { host: address, port: 8443, servername: host, ca: certificate.certificate, agent: false as const };
    const sent = request({ ...target, path: '/v1/chat/completions', method: 'POST', headers, ...options });
    sent.end(JSON.stringify({ model: 'gpt-5.5', stream: isStreaming, messages: [{ role: 'user', content }] }));
    const [answer] = await once(sent, 'response');
    return answer;
  };

  await t.test('a stream comes delta by delta, over TLS that the client can verify', async () => {
    upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const answer = await ask(true);
    assert.equal(answer.statusCode, 200);
    // The upstream stands still until the client has seen this much.
    await readUntil(answer, /"content":"[^"]/);
    upstream.requests.at(-1)!.resume();
    assert.match(await text(answer), /\[DONE\]\s*$/);
  });

  await t.test('a body of 9 MB passes', async () => {
    const answer = await ask(false, 'x'.repeat(9 * 1024 * 1024));
    assert.equal(answer.statusCode, 200, await text(answer));
    assert.ok(JSON.stringify(upstream.last.body).length > 9 * 1024 * 1024);
  });

  await t.test('a client that leaves ends the request upstream', async () => {
    upstream.reply('text-hello.sse', { pauseAfterBytes: 2000 });
    const answer = await ask(true);
    await readUntil(answer, /"content":"[^"]/);
    answer.destroy();
    assert.equal(await upstream.last.aborted, true);
  });
});
