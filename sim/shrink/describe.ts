/** A scenario in a few lines: its world, what the clients do, when the lights go out. */
import { commandText, describeCommand } from '../scenario/argument.ts';
import { editWords } from '../scenario/edit.ts';
import type { CrashPlan, Moment, RecoveryCrash, Scenario, Step } from '../scenario/schema.ts';

export function describeScenario(scenario: Scenario): string[] {
  const { persistence, appendfsync, profile, latency, generations } = scenario;
  const lines = [`${persistence}, appendfsync ${appendfsync}, on ${profile}, a disk that is ${latency}`];
  for (const [index, life] of generations.entries()) {
    lines.push(`life ${index + 1}${life.edit === undefined ? '' : `, with ${editWords(life.edit)}`}:`);
    if (life.badStart !== undefined)
      lines.push(`  the first start is on a disk with ${JSON.stringify(life.badStart)}`);
    for (const { kind, operation } of life.crashesInRecovery)
      lines.push(`  ${blow(kind)} inside its recovery, at disk operation ${operation}`);
    for (const step of life.steps) lines.push(`  ${describeStep(step)}`);
    lines.push(`  ${describeCrash(life.crash, life.steps.length)}`);
  }
  const choices = Object.entries(scenario.choices).filter(([, choice]) => choice !== 0);
  if (scenario.unrecorded === 'kindest' && choices.length > 0) {
    lines.push('what the world chooses (all else is the kindest):');
    for (const [key, choice] of choices) lines.push(`  ${key}: ${choice}`);
  }
  return lines;
}

function describeStep(step: Step): string {
  switch (step.kind) {
    case 'command':
      return `client ${step.client}${later(step.afterMs)}: ${describeCommand(commandText(step.command))}`;
    case 'unit': {
      const commands = step.commands.map((command) => describeCommand(commandText(command)));
      return `client ${step.client}${later(step.afterMs)}: MULTI; ${commands.join('; ')}; EXEC`;
    }
    case 'admin':
      return `administrator${later(step.afterMs)}: ${describeCommand(step.command)}`;
    case 'idle':
      return `nothing for ${step.ms} ms`;
    default:
      return JSON.stringify(step);
  }
}

function later(afterMs: number): string {
  return afterMs === 0 ? '' : ` after ${afterMs} ms`;
}

function describeCrash({ kind, armedAfterSteps, when }: CrashPlan, steps: number): string {
  const armed = armedAfterSteps === steps || when.at === 'end' ? '' : `, armed after step ${armedAfterSteps}`;
  return `${blow(kind)} ${momentWords(when)}${armed}`;
}

function blow(kind: RecoveryCrash['kind']): string {
  if (kind === 'term') return 'SIGTERM';
  return kind === 'power' ? 'power loss' : 'kill';
}

function momentWords(moment: Moment): string {
  switch (moment.at) {
    case 'end':
      return moment.afterMs === 0 ? 'after the last step' : `${moment.afterMs} ms after the last step`;
    case 'time':
      return `after ${moment.afterMs} ms`;
    case 'child':
      return `when a child has done ${moment.operations} disk operations`;
    case 'switched':
      return `${moment.replies} replies after a switch of the log`;
    default:
      return `at ${moment.at} ${moment.ordinal}`;
  }
}
