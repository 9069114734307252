/** One reading of the variables that name proxies, for requests, sign-ins and lists alike. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { findProxy } from '../../lib/outgoing/proxies.ts';

const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [name, name.toLowerCase()]);
/** As the machine has them. */
const own = names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));

function replaceVariables(variables: Record<string, string>): void {
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
}

/** May be called more than once in a test. */
function setVariables(t: TestContext, variables: Record<string, string>): void {
  replaceVariables(variables);
  t.after(() => replaceVariables(Object.fromEntries(own)));
}

/** `direct`, or where the proxy is and which variable says so. */
function wayTo(url: string): string {
  const proxy = findProxy(new URL(url));
  return proxy ? `${proxy.address} ${proxy.variable}` : 'direct';
}

const cases: [variables: Record<string, string>, url: string, way: string][] = [
  [{}, 'https://a.test', 'direct'],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'https://a.test', 'p:3128 HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'http://p:3128' }, 'http://a.test', 'direct'],
  [{ HTTP_PROXY: 'http://p:3128' }, 'https://a.test', 'direct'],
  [{ HTTP_PROXY: 'http://p' }, 'http://a.test', 'p:80 HTTP_PROXY'],
  [{ HTTPS_PROXY: 'https://p' }, 'https://a.test', 'p:443 HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'p:3128' }, 'https://a.test', 'p:3128 HTTPS_PROXY'],
  [{ HTTPS_PROXY: 'user:pass@p:3128' }, 'https://a.test', 'p:3128 HTTPS_PROXY'],
  [{ HTTPS_PROXY: ' http://p:3128\r' }, 'https://a.test', 'p:3128 HTTPS_PROXY'],
  [{ HTTPS_PROXY: '127.0.0.1:3128' }, 'https://a.test', '127.0.0.1:3128 HTTPS_PROXY'],
  [{ HTTPS_PROXY: '[::1]:3128' }, 'https://a.test', '[::1]:3128 HTTPS_PROXY'],
  [{ https_proxy: '', HTTPS_PROXY: 'http://p:1' }, 'https://a.test', 'p:1 HTTPS_PROXY'],
  [{ https_proxy: 'http://q:2', HTTPS_PROXY: 'http://p:1' }, 'https://a.test', 'q:2 https_proxy'],
  [{ ALL_PROXY: 'http://p:1' }, 'https://a.test', 'p:1 ALL_PROXY'],
  [{ ALL_PROXY: 'http://p:1' }, 'http://a.test', 'p:1 ALL_PROXY'],
  [{ ALL_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' }, 'https://a.test', 'q:2 HTTPS_PROXY'],
];
for (const [variables, url, way] of cases) {
  test(`${JSON.stringify(variables)}: ${url} is reached by ${way}`, (t) => {
    setVariables(t, variables);
    assert.equal(wayTo(url), way);
  });
}

const exceptions: [list: string, direct: string[], proxied: string[]][] = [
  ['*', ['a.test', '10.0.0.1', '[::1]'], []],
  ['corp.test', ['corp.test', 'gpu.corp.test'], ['notcorp.test', 'corp.test.evil']],
  ['.corp.test', ['corp.test', 'gpu.corp.test'], ['notcorp.test']],
  ['*.corp.test', ['gpu.corp.test'], ['notcorp.test']],
  ['CORP.test.', ['gpu.corp.test'], []],
  ['a.test, b.test c.test', ['a.test', 'b.test', 'c.test'], ['d.test']],
  ['a.test:8443', ['a.test:8443', 'x.a.test:8443'], ['a.test', 'a.test:9000']],
  ['a.test:443', ['a.test'], ['a.test:8443']],
  ['10.0.0.0/8', ['10.1.2.3', '10.1.2.3:8000'], ['11.0.0.1', '10.test']],
  ['192.168.1.7', ['192.168.1.7'], ['192.168.1.70']],
  ['fd00::/8', ['[fd12::1]'], ['[fe80::1]', '10.0.0.1']],
  ['::1', ['[::1]', '[0:0:0:0:0:0:0:1]:8000'], ['[::2]']],
  ['[::1]:8000', ['[::1]:8000'], ['[::1]']],
  [',,  ,', [], ['a.test']],
];
for (const [list, direct, proxied] of exceptions) {
  test(`NO_PROXY=${list}`, (t) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      setVariables(t, { HTTPS_PROXY: 'http://p:1', [name]: list });
      for (const host of direct) assert.equal(wayTo(`https://${host}`), 'direct', host);
      for (const host of proxied) assert.equal(wayTo(`https://${host}`), 'p:1 HTTPS_PROXY', host);
    }
  });
}

test('what names no proxy, or one of another kind, is said with the variable', (t) => {
  setVariables(t, { ALL_PROXY: 'socks5://p:1080' });
  assert.throws(() => wayTo('https://a.test'), /ALL_PROXY names a proxy of a kind that is not known here \(socks5\)/);
  setVariables(t, { HTTPS_PROXY: 'http://' });
  assert.throws(() => wayTo('https://a.test'), /HTTPS_PROXY does not name a proxy/);
});
