/** Recorded answers of an upstream, and which of them answers a request. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import { asObject, asText, type Json } from '../../lenient-json.ts';
import type { Capture, UpstreamRecord } from '../../recorder/capture.ts';

/** `recorded`: in the order of the capture, whatever is asked. `strict`: the same request. `near`: the most alike of the model's. */
export type ReplayMatch = 'recorded' | 'strict' | 'near';

/** A recorded answer, and what it answered. */
export interface RecordedAnswer extends UpstreamRecord {
  readonly model: string;
  /** The canonical request, as text. */
  readonly asked: string;
  readonly lastWords: string;
  /** Of the whole exchange. */
  readonly failure: { readonly code?: string; readonly message: string } | undefined;
}

/** The answers to one request: in turn, for it may have been asked again after a refusal. */
export class Playlist {
  readonly #answers: readonly RecordedAnswer[];
  readonly #isRepeated: boolean;
  #next = 0;

  constructor(answers: readonly RecordedAnswer[], { isRepeated }: { isRepeated: boolean }) {
    this.#answers = answers;
    this.#isRepeated = isRepeated;
  }

  get hasNext(): boolean {
    return this.#isRepeated || this.#next < this.#answers.length;
  }

  /** The next one, which stays the next one. */
  peek(): RecordedAnswer | undefined {
    return this.#answers[this.#isRepeated ? this.#next % this.#answers.length : this.#next];
  }

  take(): RecordedAnswer | undefined {
    const answer = this.peek();
    this.#next += 1;
    return answer;
  }
}

/** The answers of one provider in a capture; of all providers without a name. */
export function answersIn(capture: Capture, provider?: string): RecordedAnswer[] {
  const answers: RecordedAnswer[] = [];
  let [model, from, request] = ['', '', {} as unknown];
  const { error: failure } = capture.first('end') ?? {};
  const records = new Map(capture.upstreamAnswers.map((record) => [record.request.n, record]));
  for (const line of capture.lines) {
    if (line.at === 'model') [model, from] = [line.model, line.provider];
    else if (line.at === 'canonical') request = line.request;
    else if (line.at === 'upstream.request' && (provider === undefined || from === provider)) {
      const words = lastWordsOf(request as CanonicalRequest);
      answers.push({ ...records.get(line.n)!, model, asked: textOf(request), lastWords: words, failure });
    }
  }
  return answers;
}

/** Finds the answers to a request among those of many captures. */
export class Library {
  readonly #answers: readonly RecordedAnswer[];
  readonly #match: ReplayMatch;
  readonly #playlists = new Map<string, Playlist>();

  constructor(answers: readonly RecordedAnswer[], match: ReplayMatch) {
    this.#answers = answers;
    this.#match = match;
    if (match === 'recorded') this.#playlists.set('', new Playlist(answers, { isRepeated: false }));
  }

  /** The key of the playlist for a request. Undefined: nothing answers it. */
  find(model: string, request: CanonicalRequest): string | undefined {
    if (this.#match === 'recorded') return '';
    const asked = textOf(request);
    const ofModel = this.#answers.filter((answer) => answer.model === model);
    const found =
      this.#match === 'strict' ? ofModel.filter((answer) => answer.asked === asked) : nearest(ofModel, request);
    const [first] = found;
    if (!first) return undefined;
    const key = String(this.#answers.indexOf(first));
    if (!this.#playlists.has(key)) this.#playlists.set(key, new Playlist(found, { isRepeated: true }));
    return key;
  }

  playlist(key: string): Playlist | undefined {
    return this.#playlists.get(key);
  }
}

/** Those to the same last words; else to the request that is most alike, by the words that both have. */
function nearest(answers: readonly RecordedAnswer[], request: CanonicalRequest): RecordedAnswer[] {
  const said = lastWordsOf(request);
  const same = answers.filter(({ lastWords }) => lastWords === said);
  if (same.length > 0) return same;
  const words = new Set(said.split(/\s+/));
  const likeness = ({ lastWords }: RecordedAnswer) => {
    const others = new Set(lastWords.split(/\s+/));
    const common = [...others].filter((word) => words.has(word)).length;
    return common / (words.size + others.size - common);
  };
  const best = answers.reduce<RecordedAnswer | undefined>(
    (found, answer) => (found && likeness(found) >= likeness(answer) ? found : answer),
    undefined,
  );
  return best ? answers.filter(({ asked }) => asked === best.asked) : [];
}

/** But for the model, which has other names here. */
function textOf(request: unknown): string {
  return JSON.stringify(request, (key, value) => {
    if (key === 'model') return undefined;
    return asObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });
}

function lastWordsOf({ input }: Partial<CanonicalRequest>): string {
  const items = Array.isArray(input) ? (input as unknown as Json[]) : [];
  const content = items.findLast(({ role }) => role === 'user')?.content;
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as Json[]) : [];
  return parts.map(({ text }) => asText(text) ?? '').join('\n');
}
