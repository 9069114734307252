/** Images request → a canonical request for a picture only, by the tool that draws. */
import type { CanonicalRequest } from '../../canonical/types.ts';
import type { RequestContext } from '../api.ts';
import { reportUnknown } from '../unknown-params.ts';
import { type ImagesRequest, imagesRequestSchema } from './schema.ts';

const defaultModel = 'gpt-image-1';
const instructions =
  'Draw one picture of what the user describes, with the image_generation tool. Keep to the description; say nothing else.';

const knownParams: ReadonlySet<string> = new Set(Object.keys(imagesRequestSchema.properties ?? {}));

export function toCanonical(body: ImagesRequest, context: RequestContext): CanonicalRequest {
  reportUnknown(body, knownParams, context);
  return {
    model: body.model ?? defaultModel,
    draws: true,
    instructions,
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: body.prompt }] }],
    tools: [{ type: 'image_generation', ...toToolFields(body) }] as CanonicalRequest['tools'],
    tool_choice: { type: 'image_generation' },
    reasoning: { effort: 'low', summary: 'none' },
    stream: body.stream === true,
    ...(body.n != null && { choices: body.n }),
  };
}

/** The picture's properties, as the tool's options; the tool chooses the others. */
export function toToolFields({ size, quality, background, output_format }: ImagesRequest): Record<string, string> {
  return {
    ...(size != null && { size: toSize(size) }),
    ...(quality != null && { quality: toQuality(quality) }),
    ...(background != null && { background }),
    ...(output_format != null && { output_format }),
  };
}

/** The tool draws three shapes. For DALL·E's other sizes, the nearest shape is drawn. */
function toSize(size: string): string {
  if (size === 'auto') return size;
  const [width = 1, height = 1] = size.split('x').map(Number);
  if (width === height) return '1024x1024';
  return width > height ? '1536x1024' : '1024x1536';
}

function toQuality(quality: NonNullable<ImagesRequest['quality']>): string {
  if (quality === 'standard') return 'auto';
  return quality === 'hd' || quality === 'xhigh' || quality === 'max' ? 'high' : quality;
}
