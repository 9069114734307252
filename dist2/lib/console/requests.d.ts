/** The ledger's rows, as the console looks them up. */
import type { Services } from '../chain/middleware.ts';
import type { Config } from '../config/schema.ts';
import { type RowPage, type ShownRow } from '../usage/ledger-reader.ts';
import { type UsageSum } from '../usage/report.ts';
export type Query = Readonly<Record<string, unknown>>;
export declare function findRequests(config: Config, query: Query): RowPage;
interface Stage {
    readonly name: string;
    readonly fromMs: number;
    readonly toMs: number;
}
/** @throws OpenCompatError for an id that the ledger does not know */
export declare function findRequest(config: Config, id: string): {
    row: ShownRow;
    stages: Stage[];
};
export declare function addUpUsage({ config, redis }: Pick<Services, 'config' | 'redis'>, query: Query): Promise<UsageSum[]>;
export {};
