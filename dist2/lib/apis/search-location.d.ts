/** The user's place for a web search, as clients of several APIs send it. */
export interface Place {
    city?: string | null;
    country?: string | null;
    region?: string | null;
    timezone?: string | null;
}
/** The same in the canonical form, without empty fields. */
export declare function toSearchLocation({ city, country, region, timezone }: Place): {
    type: 'approximate';
    city?: string | undefined;
    country?: string | undefined;
    region?: string | undefined;
    timezone?: string | undefined;
};
