/** Fields with the same name and meaning in this API and the canonical form. */
export declare const sharedParams: ["temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "logit_bias", "seed", "prediction", "user", "safety_identifier", "metadata", "store", "service_tier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "moderation"];
