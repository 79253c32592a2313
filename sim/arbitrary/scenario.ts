/**
 * Scenarios for fast-check: drawn from a seed as everywhere, shrunk by the passes of the shrinker.
 *
 * ```ts
 * import fc from 'fast-check';
 * import { scenarioArbitrary } from 'lightsout/properties';
 * import { runScenario } from 'lightsout/sim';
 *
 * await fc.assert(
 *   fc.asyncProperty(scenarioArbitrary({ persistences: ['hybrid'] }), async (scenario) => {
 *     const { violations } = await runScenario(scenario);
 *     return violations.length === 0;
 *   }),
 * );
 * ```
 *
 * May import: fast-check, which is an optional peer: only who imports this entry needs it.
 */
import { Arbitrary, Stream, Value } from 'fast-check';
import type { Random } from 'fast-check';
import { FormError } from '../scenario/check.ts';
import type { Filters } from '../scenario/configuration.ts';
import { generateScenario } from '../scenario/generate.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { Scenario } from '../scenario/schema.ts';
import { shrinks } from '../shrink/passes.ts';

const MOST_SEED = 0x7fff_ffff;

/**
 * Scenarios from seeds.
 *
 * @param filters what they all share; a counterexample is shrunk beyond them, towards gentler worlds
 */
export function scenarioArbitrary(filters: Filters = {}): Arbitrary<Scenario> {
  return new ScenarioArbitrary(filters);
}

class ScenarioArbitrary extends Arbitrary<Scenario> {
  readonly #filters: Filters;

  constructor(filters: Filters) {
    super();
    this.#filters = filters;
  }

  override generate(random: Random): Value<Scenario> {
    return new Value(generateScenario(random.nextInt(1, MOST_SEED), this.#filters), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Scenario {
    try {
      parseScenario(value);
      return true;
    } catch (error) {
      if (error instanceof FormError) return false;
      throw error;
    }
  }

  override shrink(scenario: Scenario): Stream<Value<Scenario>> {
    return new Stream(smaller(scenario));
  }
}

/** What the passes offer where nothing that they offered before still failed: fast-check begins anew with what it takes. */
function* smaller(from: Scenario): IterableIterator<Value<Scenario>> {
  const whole = JSON.stringify(from);
  const shrinking = shrinks(from);
  for (let next = shrinking.next(); next.done !== true; next = shrinking.next(false))
    // A change that changes nothing would be taken for ever.
    if (JSON.stringify(next.value) !== whole) yield new Value(next.value, undefined);
}
