/** What the engine tells its operator. */

/** Redis's levels: debug '.', verbose '-', notice '*', warning '#'. */
export type LogLevel = 'debug' | 'verbose' | 'notice' | 'warning';

export type Log = (level: LogLevel, text: string) => void;
