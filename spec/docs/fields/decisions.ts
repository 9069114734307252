/** What was decided about fields of which neither the upstream's request nor the client's answer shows anything. */
import type { Answerer } from './contexts.ts';
import type { SdkApi } from './sdk-types.ts';

export interface Decision {
  readonly api: RegExp;
  readonly field: RegExp;
  readonly of?: readonly Answerer[];
  /** `here`: by this server. `none`: it asks for what happens anyway. `left out`: there is no place for it. */
  readonly word: 'here' | 'none' | 'left out';
  /** Of what is left out: why, for who sends it. */
  readonly why?: string;
}

export const decisions: readonly Decision[] = [
  // Without these the prompt costs more, and the answer is the same.
  { api: /./, field: /prompt_cache_breakpoint$|cache_control(?:\.ttl)?$/, word: 'none' },
  // The requests here are not streamed.
  { api: /./, field: /^stream_options(?:\.|$)|^partial_images$/, word: 'none' },
  { api: /./, field: /^keep_alive$/, word: 'none' },
  // Alone, or with nothing in it, each asks for what happens anyway.
  {
    api: /./,
    field:
      /^(?:modalities|response_format|response_format\[text\]|reasoning|text|metadata|output_config|options|top_logprobs)$/,
    word: 'none',
  },
  { api: /^responses$/, field: /^include$/, of: ['Anthropic'], word: 'none' },
  { api: /^responses$/, field: /^reasoning\.(?:generate_)?summary$/, of: ['Anthropic'], word: 'none' },
  { api: /^responses$/, field: /^(?:store|background)$/, word: 'here' },
  { api: /^completions$/, field: /^stop$/, word: 'here' },
  { api: /^messages$/, field: /^(?:stop_sequences|thread(?:\[create\])?)$/, word: 'here' },
  { api: /^messages$/, field: /^thinking(?:$|\[\w+\](?:\.display)?$)/, word: 'here' },
  { api: /^messages$/, field: /^diagnostics\./, word: 'here' },
  { api: /^messages$/, field: /^messages\[system\]\.clear_at$/, word: 'here' },
  { api: /^messages$/, field: /^service_tier$/, of: ['ChatGPT'], word: 'none' },
  // Inputs of tools are streamed as they come.
  { api: /^messages$/, field: /\.eager_input_streaming$/, word: 'none' },

  // With nothing in it, each changes nothing.
  { api: /^responses$/, field: /^input\[configuration_update\]\.(?:reasoning|text)$/, word: 'none' },

  // Marks of items for which the upstream's form has no place.
  {
    api: /^responses$/,
    field: /^input\[.*\.detail$/,
    word: 'left out',
    why: 'these APIs know no resolution of files, and read them at their own',
  },
  {
    api: /^responses$/,
    field: /^input\[message\]\.phase$/,
    word: 'left out',
    why: 'it tells a comment from the final answer, which these APIs do not',
  },
  {
    api: /^responses$/,
    field: /^input\[reasoning\]\.encrypted_content$/,
    word: 'left out',
    why: 'only the provider that made it can read it, and it goes back there',
  },
  {
    api: /^responses$/,
    field: /^input\[reasoning\]\.content$/,
    word: 'left out',
    why: 'it is given back to models that ask for it; the others take reasoning in encrypted form, or not at all',
  },
  {
    api: /^responses$/,
    field: /^input\[function_call_output\]\.(?:name|namespace)$/,
    word: 'left out',
    why: 'they are those of the call, to which the output belongs by its `call_id`',
  },
];

/** What is refused only because no sampled value can be valid: ids of what is kept here. */
export const keptHere: ReadonlySet<string> = new Set([
  'previous_response_id',
  'input[item_reference]',
  'thread[continue]',
]);

export function decide(api: SdkApi, field: string, answerer: Answerer): Decision | undefined {
  return decisions.find(
    (each) => each.api.test(api) && each.field.test(field) && (!each.of || each.of.includes(answerer)),
  );
}
