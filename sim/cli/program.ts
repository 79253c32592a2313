/** The commands and options of `npm run sim`, and what each is for. */
import { inspect } from 'node:util';
import { Command, CommanderError } from 'commander';
import { profiles } from '../disk/index.ts';
import { protocols } from '../explore/protocols.ts';
import { EXIT, UsageError } from './exit-status.ts';
import { exploreSeeds } from './explore.ts';
import { huntSeeds } from './hunt.ts';
import { huntMutants } from './mutants.ts';
import type { MutantsFlags } from './mutants.ts';
import { readOptions } from './options.ts';
import type { RawOptions } from './options.ts';
import { reportFiles } from './report.ts';
import { reporterNames } from './reporters.ts';
import { replayFile, runSeeds } from './run.ts';
import { shrinkFile } from './shrink.ts';
import type { ShrinkFlags } from './shrink.ts';

/** Reads the arguments, does what they ask for, and returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  let status: number = EXIT.ok;
  const program = new Command('sim')
    .description('Runs the engine in a simulated world, switches the lights off, and checks what is left.')
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .enablePositionalOptions();
  const run = program
    .command('run', { isDefault: true })
    .description('run scenarios made from seeds (the default)');
  withScenarios(withOptions(run))
    .option('--seed <seed>', 'one seed, told as a story')
    .option('--seeds <a..b>', 'the seeds from A to B (default: 1..200)')
    .option('--bail [n]', 'stop after the first, or n-th, failure')
    .option('--output <dir>', 'write failing scenarios there')
    .action(async (raw: RawOptions) => {
      status = await runSeeds(readOptions(raw));
    });
  withScenarios(
    withOptions(
      program
        .command('hunt')
        .description('look for a failure in seeds that nobody has tried, until there is one, and shrink it'),
    ),
  )
    .option('--seed <seed>', 'one seed')
    .option('--seeds <a..b>', 'the seeds from A to B (default: from the present moment on)')
    .option('--bail [n]', 'stop after the first, or n-th, failure (default: 1)')
    .option('--output <dir>', 'write what was found there, as scenarios and as tests (default: sim-output)')
    .action(async (raw: RawOptions) => {
      status = await huntSeeds(raw, Date.now());
    });
  withOptions(program.command('replay <file>').description('run a scenario from a file'))
    .option('--strict', 'insist on the recorded course: exit 3 where it is another')
    .option('--output <dir>', 'write the files of reporters there')
    .action(async (file: string, raw: RawOptions) => {
      status = await replayFile(file, readOptions(raw));
    });
  withOptions(
    program
      .command('explore')
      .description('run a workload and try every state that a crash at any instant of it may leave'),
  )
    .option('--seed <seed>', 'one workload')
    .option('--seeds <a..b>', 'the workloads of the seeds from A to B (default: 1..20)')
    .option('--budget <time>', 'begin no more workloads after this time: 60s, 5m')
    .option('--profile <names>', `disk: ${[...profiles.keys()].join(', ')}`)
    .option('--persistence <names>', 'none, rdb, aof, hybrid, rdb+aof, rdb+hybrid')
    .option('--appendfsync <names>', 'always, everysec, no')
    .option('--generations <n>', 'lives in each workload (default: 2)')
    .option('--states <n>', 'walk all states of an instant that has at most so many (default: 256)')
    .option('--samples <n>', 'states drawn where there are more, beside the corners (default: 32)')
    .option('--depth <n>', 'follow crashes inside recoveries so deep (default: 0)')
    .option('--again <n>', 'the power fails again after one recovery in n; 0: after none (default: 8)')
    .option(
      '--images <dir>',
      'write every distinct crash image there as a real directory, with what it must hold',
    )
    .option(
      '--protocol <names>',
      `instead of seeds, all states under every honest profile of: all, ${protocols.map(({ name }) => name).join(', ')}`,
    )
    .option('--bail [n]', 'stop after the first, or n-th, failure')
    .option('--output <dir>', 'write what replay needs to reproduce a violation there')
    .action(async (raw: RawOptions) => {
      status = await exploreSeeds(raw);
    });
  program
    .command('shrink <file>')
    .description('make a failing scenario as short and gentle as it can be, as a file and as a test')
    .option('--output <dir>', 'write them there (default: here)')
    .option('--budget <time>', 'be content with what was found by then (default: 60s)')
    .option('--mutant <id>', 'plant this bug of the catalogue in the engine')
    .option('--json', 'one JSON object')
    .option('--quiet', 'only the files')
    .action(async (file: string, flags: ShrinkFlags) => {
      status = await shrinkFile(file, flags);
    });
  program
    .command('mutants')
    .description('hunt the planted bugs from many places to begin, and print what it took to kill each')
    .option('--only <ids>', 'these alone, by id or entry of the bug zoo')
    .option('--file <file>', 'mutants from a file instead of the catalogue')
    .option('--bases <n>', 'places to begin (default: 30)')
    .option('--seeds <n>', 'give a chase up after so many seeds (default: 500)')
    .option('--budget <time>', 'give a chase up after this time (default: 60s)')
    .option('--jobs <n>', 'worker threads (default: as many as there are cores)')
    .option('--profile <name>', "hunt under this profile instead of each mutant's first")
    .option('--clean', "run the clean engine in each mutant's place, which must find nothing")
    .option('--list', 'only say which there are')
    .option('--output <file>', 'write the matrix there, as a page of docs/')
    .option('--json', 'one JSON object a mutant')
    .option('--quiet', 'no progress')
    .action(async (flags: MutantsFlags) => {
      status = await huntMutants(flags);
    });
  withReporters(
    program
      .command('report <files...>')
      .description('merge what --json wrote for each shard of a sweep, and judge COVERAGE over all of it'),
  )
    .option('--output <dir>', 'write the files of reporters there')
    .action((files: string[], raw: RawOptions) => {
      status = reportFiles(files, raw);
    });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (error instanceof UsageError || error instanceof CommanderError) {
      process.stderr.write(`sim: ${oneLine(error.message, args)}\n`);
      return EXIT.usage;
    }
    process.stderr.write(
      `sim: a fault of the simulator itself: ${error instanceof Error ? error.stack : inspect(error)}\n`,
    );
    return EXIT.fault;
  }
}

function withOptions(command: Command): Command {
  return withReporters(command)
    .option('--jobs <n>', 'worker threads (default: as many as there are cores)')
    .option('--doublecheck', 'run everything twice and compare the traces: exit 3 where they differ')
    .option('--mutant <id>', 'plant this bug of the catalogue in the engine');
}

function withReporters(command: Command): Command {
  return command
    .option('--reporter <names>', `${reporterNames.join(', ')}; junit and html write to --output`)
    .option('--json', 'the same as --reporter json')
    .option('--quiet', 'only failures');
}

/** What decides which scenarios are made, and how many. */
function withScenarios(command: Command): Command {
  return command
    .option('--budget <time>', 'begin no more seeds after this time: 60s, 5m')
    .option('--shard <i/n>', 'every n-th seed, beginning with the i-th')
    .option('--profile <names>', 'disk: posix-strict, proc-kill, lossless')
    .option(
      '--faults <names>',
      'none, or what every seed suffers beside its crashes: wall, stalls, children, memory, signals, second, errors, space, slow',
    )
    .option('--persistence <names>', 'none, rdb, aof, hybrid, rdb+aof, rdb+hybrid')
    .option('--appendfsync <names>', 'always, everysec, no')
    .option('--generations <n>', 'lives in each scenario (default: 3)');
}

/** Commander's own words, with got and expected where they lack them. */
function oneLine(message: string, args: readonly string[]): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const unknownOption = /^unknown option '([^']*)'/.exec(text);
  if (unknownOption !== null)
    return `option: got ${JSON.stringify(unknownOption[1])}, expected one of those that --help lists`;
  if (/^too many arguments|^unknown command/.test(text))
    return `command: got more than expected, expected run, hunt, explore, replay FILE, shrink FILE, mutants or report FILE…, then options (${text})`;
  const missing = /^option '(--\S+).*' argument missing/.exec(text);
  if (missing !== null) return `${missing[1]}: got nothing, expected a value`;
  if (text.startsWith('missing required argument'))
    return `${args[0]}: got nothing, expected the path of a file`;
  return text;
}
