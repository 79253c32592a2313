/** From the command line to settings. */
import { resolve } from 'node:path';

import { Configurator } from '../engine/config/table.ts';
import { type Settings, defaultSettings } from '../engine/config/settings.ts';
import { confError } from './conf-origin.ts';
import { realConfSource } from './conf-source.ts';
import { readConfiguration } from './redis-conf.ts';

export interface Arguments {
  readonly settings: Settings;
  /** Absolute. */
  readonly configFile: string | undefined;
}

/** @throws LightsoutError CONFIG with the place, what is wrong, what stands there and what is expected */
export function readArguments(argv: readonly string[]): Arguments {
  const { configFile, directives } = readConfiguration(argv, realConfSource);
  const settings = defaultSettings();
  const configurator = new Configurator(settings);
  for (const { directive, args, origin } of directives) {
    const fault = configurator.apply(directive, args);
    if (fault !== undefined) throw confError(origin, fault);
  }
  settings.dir = resolve(settings.dir);
  return { settings, configFile: configFile === undefined ? undefined : resolve(configFile) };
}
