/** Commands over the keyspace: one file a family, one table that knows them all. */
export { CommandIndex } from './command-index.ts';
export { mayWrite } from './define.ts';
export type { Command, CommandFlag, CommandInfo, Context, EffectPart, Effects, Wait } from './context.ts';
export {
  errors,
  invalidExpireTime,
  unknownSubcommand,
  unsupportedOption,
  wrongArity,
  wrongSubcommandWords,
} from './errors.ts';
export { globMatches } from './glob.ts';
export { keyspaceCommands, lookup } from './table.ts';
