/** Where a search of the web is made from, as clients of several APIs say it. */
export interface Place {
  city?: string | null;
  country?: string | null;
  region?: string | null;
  timezone?: string | null;
}

/** The same as the canonical tool has it: what is not told is left out. */
export function toSearchLocation({ city, country, region, timezone }: Place) {
  return {
    type: 'approximate' as const,
    ...(city != null && { city }),
    ...(country != null && { country }),
    ...(region != null && { region }),
    ...(timezone != null && { timezone }),
  };
}
