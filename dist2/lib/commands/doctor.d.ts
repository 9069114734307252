import { type Command } from 'commander';
export declare function registerDoctorCommand(program: Command): void;
