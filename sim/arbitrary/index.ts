/** lightsout/properties: arbitraries for fast-check. */
export { scenarioArbitrary } from './scenario.ts';
