/** As much of a Redis as the server uses, over RESP (https://redis.io/docs/latest/develop/reference/protocol-spec/), with its ailments. */

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** `silent`: takes commands, and answers them when it is over. Any other text is the error with which it refuses to write. */
export type Ailment = 'silent' | (string & {}) | undefined;

/** Of a stream: the number of each entry, with its fields. */
type Entries = { number: number; fields: string[] }[];
type Value = string | Map<string, string> | Entries;
type Reply = string | number | null | readonly Reply[];

/** What a Redis answers with an error. */
class RefusedCommand extends Error {}

export class FakeRedis {
  url = '';
  #ailment: Ailment;
  /** Commands that wait for the end of a silence. */
  #held: (() => void)[] = [];
  /** Commands that came, whether they were answered or not. */
  readonly commands: string[][] = [];
  readonly values = new Map<string, Value>();
  /** When values expire, on the `performance.now()` clock. */
  readonly #deadlines = new Map<string, number>();
  connections = 0;

  get ailment(): Ailment {
    return this.#ailment;
  }

  set ailment(ailment: Ailment) {
    this.#ailment = ailment;
    if (ailment !== 'silent') for (const answer of this.#held.splice(0)) answer();
  }

  take(socket: Socket, args: string[]): void {
    this.commands.push(args);
    if (this.#ailment === 'silent') this.#held.push(() => this.#answer(socket, args));
    else this.#answer(socket, args);
  }

  #answer(socket: Socket, args: string[]): void {
    const [name = '', ...rest] = args;
    const command = name.toUpperCase();
    if (command === 'INFO') {
      write(socket, 'redis_version:7.4.0\r\nloading:0\r\nrole:master\r\n');
      return;
    }
    if (['CLIENT', 'SELECT', 'HELLO', 'AUTH', 'SCRIPT'].includes(command)) {
      socket.write('+OK\r\n');
      return;
    }
    if (this.ailment !== undefined && /^(SET|HSET|DEL|EVAL|EVALSHA|GETEX|XADD|XTRIM|PEXPIRE)$/.test(command)) {
      socket.write(`-${this.ailment}\r\n`);
      return;
    }
    try {
      write(socket, this.#run(command, rest));
    } catch (error) {
      if (!(error instanceof RefusedCommand)) throw error;
      socket.write(`-${error.message}\r\n`);
    }
  }

  #run(command: string, args: string[]): Reply {
    const [key = '', ...rest] = args;
    if ((this.#deadlines.get(key) ?? Number.POSITIVE_INFINITY) <= performance.now()) this.#remove(key);
    const value = this.values.get(key);
    const hash = value instanceof Map ? value : new Map<string, string>();
    switch (command) {
      case 'PING':
        return 'PONG';
      case 'SET':
        if (rest.includes('NX') && value !== undefined) return null;
        this.values.set(key, rest[0]!);
        this.#deadlines.delete(key);
        if (rest.includes('PX')) this.#expire(key, rest[rest.indexOf('PX') + 1]);
        return 'OK';
      case 'GET':
      case 'GETEX':
        if (rest[0] === 'PX' && value !== undefined) this.#expire(key, rest[1]);
        return typeof value === 'string' ? value : null;
      case 'DEL':
        return Number(this.#remove(key));
      case 'PEXPIRE':
        if (value !== undefined) this.#expire(key, rest[0]);
        return Number(value !== undefined);
      case 'XADD':
      case 'XRANGE':
      case 'XTRIM':
        return this.#runStream(command, key, rest);
      case 'HGETALL':
        return [...hash].flat();
      case 'HGET':
        return hash.get(rest[0]!) ?? null;
      case 'HMGET':
        return rest.map((field) => hash.get(field) ?? null);
      case 'HSET':
        for (let index = 0; index < rest.length; index += 2) hash.set(rest[index]!, rest[index + 1]!);
        this.values.set(key, hash);
        return 1;
      case 'ZADD':
      case 'ZREM':
        return 1;
      case 'EVAL':
        return this.#evaluate(args);
      default:
        throw new Error(`the fake Redis does not know ${command}`);
    }
  }

  #remove(key: string): boolean {
    this.#deadlines.delete(key);
    return this.values.delete(key);
  }

  #expire(key: string, ms: string | undefined): void {
    if (!/^[1-9]\d*$/.test(ms ?? '')) throw new RefusedCommand('ERR invalid expire time');
    this.#deadlines.set(key, performance.now() + Number(ms));
  }

  /** Streams whose ids end in `-0`: https://redis.io/docs/latest/develop/data-types/streams/. */
  #runStream(command: string, key: string, [first = '', second = '', ...rest]: string[]): Reply {
    const known = this.values.get(key);
    if (known !== undefined && !Array.isArray(known)) throw new RefusedCommand('WRONGTYPE not a stream');
    const entries = known ?? [];
    const numberOf = (id: string) => {
      const [, number] = /^(\d+)-0$/.exec(id) ?? [];
      if (number === undefined) throw new RefusedCommand('ERR Invalid stream ID specified as stream command argument');
      return Number(number);
    };
    if (command === 'XADD') {
      const number = numberOf(first);
      if (number <= (entries.at(-1)?.number ?? 0)) {
        throw new RefusedCommand('ERR The ID specified in XADD is equal or smaller than the target stream top item');
      }
      this.values.set(key, [...entries, { number, fields: [second, ...rest] }]);
      return first;
    }
    if (command === 'XTRIM') {
      if (first !== 'MINID') throw new RefusedCommand('ERR syntax error');
      const kept = entries.filter(({ number }) => number >= numberOf(second));
      if (known) this.values.set(key, kept);
      return entries.length - kept.length;
    }
    if (second !== '+' || rest[0] !== 'COUNT') throw new RefusedCommand('ERR syntax error');
    const found = entries.filter(({ number }) => number >= numberOf(first)).slice(0, Number(rest[1]));
    return found.map(({ number, fields }) => [`${number}-0`, fields]);
  }

  /** The script of the sums of what was used, without the limit of a day. */
  #addUsage([, , day = '', writer = '', number = '', , , ...sums]: string[]): number {
    if (Number(this.values.get(writer) ?? 0) >= Number(number)) return 0;
    const hash = (this.values.get(day) as Map<string, string> | undefined) ?? new Map<string, string>();
    for (let at = 0; at < sums.length; at += 4) {
      const before = hash.get(sums[at]!)?.split(' ').map(Number) ?? [];
      const after = sums[at + 3]!.split(' ').map((text, place) => Number(text) + (before[place] ?? 0));
      hash.set(sums[at]!, after.join(' '));
    }
    this.values.set(day, hash);
    this.values.set(writer, number);
    return 1;
  }

  /** The scripts of the credential store, and that of the quotas (which are never spent here), by what they do. */
  #evaluate(args: string[]): number | string[] {
    const [script = '', , key = '', first = '', second = ''] = args;
    if (script.includes('usage-writer')) return this.#addUsage(args);
    if (script.includes('ZADD')) return [];
    if (script.includes('HSET')) {
      const known = this.values.get(key);
      if (known instanceof Map && Number(known.get('number')) >= Number(first)) return 0;
      this.values.set(
        key,
        new Map([
          ['number', first],
          ['document', second],
        ]),
      );
      return 1;
    }
    return Number(this.values.get(key) === first && this.values.delete(key));
  }
}

function write(socket: Socket, value: Reply): void {
  const toText = (item: Reply): string => {
    if (item === null) return '$-1\r\n';
    if (typeof item === 'object') return `*${item.length}\r\n${item.map(toText).join('')}`;
    return typeof item === 'number' ? `:${item}\r\n` : `$${Buffer.byteLength(item)}\r\n${item}\r\n`;
  };
  socket.write(toText(value));
}

/** Takes whole commands off the front of what has come. */
function takeCommand(text: string): { args: string[]; rest: string } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text);
  if (!head) return undefined;
  let at = head[0].length;
  const args: string[] = [];
  for (let count = Number(head[1]); count > 0; count -= 1) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at, at + 32));
    if (!size) return undefined;
    const start = at + size[0].length;
    at = start + Number(size[1]) + 2;
    if (text.length < at) return undefined;
    args.push(text.slice(start, at - 2));
  }
  return { args, rest: text.slice(at) };
}

export async function startFakeRedis(t: TestContext): Promise<FakeRedis> {
  const fake = new FakeRedis();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    fake.connections += 1;
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let taken = takeCommand(text); taken; taken = takeCommand(text)) {
        text = taken.rest;
        fake.take(socket, taken.args);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  fake.url = `redis://127.0.0.1:${(server.address() as { port: number }).port}`;
  return fake;
}
