/** A client that loses its connection again and again, and comes back to its stream. */
import assert from 'node:assert/strict';
import fc from 'fast-check';

export const words = Array.from({ length: 2000 }, (_, index) => `w${index} `)
  .join('')
  .trimEnd();
export const cuts = 50;
/** Of the places of the cuts: printed when they find a fault, given to find it again. */
export const seed = Number(process.env.CUT_SEED ?? Date.now() % 0x7fff_ffff);

export interface Resumed {
  text: string;
  connections: number;
}

/** Reads whole events, until the stream ends or there are as many. */
export async function readSome(
  answer: Response,
  isByLine: boolean,
  most: number,
): Promise<{ events: string[]; isOver: boolean }> {
  const end = isByLine ? '\n' : '\n\n';
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (!done) text += value;
    const events = text.split(end).slice(0, -1);
    if (!done && events.length < most) continue;
    if (!done) await reader.cancel();
    return { events: events.slice(0, most).map((event) => event + end), isOver: done && events.length <= most };
  }
}

/** Reads until the stream ends or its connection is cut: the events that came whole. @param onEvents told how many there are */
export async function readUntilCut(
  answer: Response,
  isByLine: boolean,
  onEvents: (count: number) => void,
): Promise<string[]> {
  const end = isByLine ? '\n' : '\n\n';
  const events: string[] = [];
  let begun = '';
  try {
    for await (const part of answer.body!.pipeThrough(new TextDecoderStream())) {
      const blocks = (begun + part).split(end);
      begun = blocks.pop()!;
      events.push(...blocks.map((event) => event + end));
      onEvents(events.length);
    }
  } catch {
    // That is what the caller is for.
  }
  return events;
}

/** @param send to one server, or to another each time */
export async function readWithCuts(
  send: (path: string, init: RequestInit) => Promise<Response>,
  path: string,
  body: object,
  isByLine: boolean,
): Promise<Resumed> {
  const places = fc.sample(fc.integer({ min: 1, max: 60 }), { numRuns: cuts, seed });
  const init = { method: 'POST', body: JSON.stringify(body) };
  let events: string[] = [];
  let asked = 'new';
  for (let connections = 1; ; connections += 1) {
    const headers = { 'content-type': 'application/json', 'x-opencompat-resume': asked };
    const answer = await send(path, { ...init, headers });
    assert.equal(answer.status, 200);
    const id = answer.headers.get('x-opencompat-resume');
    assert.match(id!, /^[\w-]{24}$/);
    const most = places[connections - 1] ?? Number.POSITIVE_INFINITY;
    const part = await readSome(answer, isByLine, most);
    events = events.concat(part.events);
    if (part.isOver) return { text: events.join('').replace(/^id: .*\n/gm, ''), connections };
    const last = /^id: (.*)$/m.exec(part.events.at(-1)!)?.[1];
    assert.equal(last === undefined, isByLine);
    asked = last ?? `${id}:${events.length}`;
  }
}
