// The demo's two tools: one that runs at once, one that a person has to approve. Both only pretend.
import { setTimeout as pause } from 'node:timers/promises';
import { jsonSchema, tool } from 'ai';
import { repertoire } from './repertoire.mjs';

const { skies, winds } = repertoire;

/** A small number that is always the same for the same text. */
export function numberOf(text) {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0), 16777619) >>> 0;
  return hash;
}

function forecast(city) {
  const n = numberOf(city.toLowerCase());
  return {
    city,
    sky: skies[n % skies.length],
    temperatureC: (n % 27) + 2,
    wind: `${winds[(n >>> 5) % winds.length]} ${(n >>> 8) % 40} km/h`,
    source: 'rehearsed, not measured',
  };
}

export const tools = {
  weather: tool({
    description: 'The weather in a city (invented for the demo)',
    inputSchema: jsonSchema({
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    }),
    async execute({ city }, { abortSignal }) {
      await pause(1_200, undefined, { signal: abortSignal });
      return forecast(city);
    },
  }),
  deploy: tool({
    description: 'Puts a version of a service into production (pretended for the demo)',
    inputSchema: jsonSchema({
      type: 'object',
      properties: { service: { type: 'string' }, version: { type: 'string' } },
      required: ['service', 'version'],
      additionalProperties: false,
    }),
    async execute({ service, version }, { abortSignal }) {
      await pause(1_500, undefined, { signal: abortSignal });
      return { service, version, state: 'live', instances: 3, pretended: true };
    },
  }),
};

/** What has to be asked first. */
export const toolApproval = { deploy: 'user-approval' };
