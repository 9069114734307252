/** The two forms of an answer: a list of pictures, or events that show a picture as it takes shape. */
import type { CanonicalEvent, CanonicalUsage } from '../../canonical/types.ts';
import { OpenCompatError } from '../../errors.ts';
import { asText, type Json } from '../../lenient-json.ts';
import { type AnswerContext, type AnswerEncoder, type StreamEncoder, sseKeepalive } from '../api.ts';
import { toOpenAiError } from '../openai-error.ts';
import { toPictureUrl } from '../pictures.ts';
import { toToolFields } from './request.ts';
import type { ImagesRequest } from './schema.ts';

/** Most characters of the model's words, said instead of drawing, that are repeated. */
const maxSaidCharacters = 500;

interface Picture {
  b64_json: string;
  revised_prompt?: string;
  size: string;
  quality: string;
  background: string;
  output_format: string;
}

/** The picture of one choice. */
class Sketchbook {
  readonly pictures: Picture[] = [];
  readonly #asked: Record<string, string>;
  #said = '';

  constructor(asked: Record<string, string>) {
    this.#asked = asked;
  }

  /** @throws OpenCompatError when the answer has ended without a picture */
  take(event: CanonicalEvent): void {
    switch (event.type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
        if (this.#said.length < maxSaidCharacters) this.#said += event.delta;
        break;
      case 'response.output_item.done':
        this.#addItem(event.item as unknown as Json);
        break;
      case 'response.completed':
      case 'response.incomplete':
        if (this.pictures.length === 0) {
          const reason = this.#said.trim().slice(0, maxSaidCharacters);
          throw new OpenCompatError('OC_NO_IMAGE', { reason: reason && `It said: ${reason}` });
        }
    }
  }

  #addItem(item: Json): void {
    const result = asText(item.result);
    if (item.type !== 'image_generation_call' || !result) return;
    const revised = asText(item.revised_prompt);
    this.pictures.push({
      b64_json: result,
      ...(revised && { revised_prompt: revised }),
      ...this.describe(item),
    });
  }

  describe(item: Json): Omit<Picture, 'b64_json'> {
    const say = (key: string, fallback: string) => asText(item[key]) ?? this.#asked[key] ?? fallback;
    return {
      size: say('size', 'auto'),
      quality: say('quality', 'auto'),
      background: say('background', 'auto'),
      output_format: say('output_format', 'png'),
    };
  }
}

function toImagesUsage(usages: readonly (CanonicalUsage | null | undefined)[]): object {
  const sum = (pick: (usage: CanonicalUsage) => number) =>
    usages.reduce((total, usage) => total + (usage ? pick(usage) : 0), 0);
  const input = sum((usage) => usage.input_tokens);
  return {
    input_tokens: input,
    input_tokens_details: { image_tokens: 0, text_tokens: input },
    output_tokens: sum((usage) => usage.output_tokens),
    total_tokens: sum((usage) => usage.total_tokens),
  };
}

/** The picture in the requested form: base64, or a data URL. DALL·E's default was a URL. */
function toImage({ b64_json, revised_prompt, output_format }: Picture, asUrl: boolean): object {
  return {
    ...(asUrl ? { url: toPictureUrl(output_format, b64_json) } : { b64_json }),
    ...(revised_prompt && { revised_prompt }),
  };
}

function wantsUrl({ response_format, model }: ImagesRequest): boolean {
  if (response_format != null) return response_format === 'url';
  return /(^|\/)dall-e/.test(model ?? '');
}

export function createAnswerEncoder(body: ImagesRequest, { createdS }: AnswerContext): AnswerEncoder {
  const asked = toToolFields(body);
  const asUrl = wantsUrl(body);
  const books: Sketchbook[] = [];
  const usages: (CanonicalUsage | undefined)[] = [];
  return {
    add(event, choice) {
      books[choice] ??= new Sketchbook(asked);
      books[choice].take(event);
      if (event.type === 'response.completed' || event.type === 'response.incomplete')
        usages.push(event.response.usage);
    },
    finish() {
      const pictures = books.flatMap((book) => book.pictures);
      const { size, quality, background, output_format } = pictures[0]!;
      return {
        created: createdS,
        size,
        quality,
        background,
        output_format,
        data: pictures.map((picture) => toImage(picture, asUrl)),
        usage: toImagesUsage(usages),
      };
    },
  };
}

export function createStreamEncoder(body: ImagesRequest, { createdS }: AnswerContext): StreamEncoder {
  const asked = toToolFields(body);
  const maxPartials = body.partial_images ?? 0;
  const books: Sketchbook[] = [];
  /** The number of partial pictures shown, by choice. */
  const partials: number[] = [];

  function write(type: string, fields: object): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, created_at: createdS, ...fields })}\n\n`;
  }

  return {
    encode(event, choice) {
      books[choice] ??= new Sketchbook(asked);
      const book = books[choice];
      book.take(event);
      switch (event.type) {
        case 'response.image_generation_call.partial_image': {
          const index = partials[choice] ?? 0;
          if (index >= maxPartials) return '';
          partials[choice] = index + 1;
          const b64_json = event.partial_image_b64;
          const fields = book.describe(event as unknown as Json);
          return write('image_generation.partial_image', { b64_json, partial_image_index: index, ...fields });
        }
        case 'response.completed':
        case 'response.incomplete': {
          const usage = toImagesUsage([event.response.usage]);
          const events = book.pictures.map(({ revised_prompt: _prompt, ...fields }) =>
            write('image_generation.completed', { ...fields, usage }),
          );
          return events.join('');
        }
        default:
          return '';
      }
    },
    finish: () => '',
    fail: (error) => `event: error\ndata: ${JSON.stringify({ type: 'error', ...toOpenAiError(error) })}\n\n`,
    keepalive: sseKeepalive,
  };
}
