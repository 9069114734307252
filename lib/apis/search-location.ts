/** The user's place for a web search, as clients of several APIs send it. */
export interface Place {
  city?: string | null;
  country?: string | null;
  region?: string | null;
  timezone?: string | null;
}

/** The same in the canonical form, without empty fields. */
export function toSearchLocation({ city, country, region, timezone }: Place) {
  return {
    type: 'approximate' as const,
    ...(city != null && { city }),
    ...(country != null && { country }),
    ...(region != null && { region }),
    ...(timezone != null && { timezone }),
  };
}
