// Which model the agent uses, by what the environment says. Loads nothing, so that the page's host
// can tell it too.
const OPENAI = 'https://api.openai.com/v1';
const DEFAULT_MODEL = 'gpt-4.1-mini';

/** Where the real model is, or null when the environment names none. */
export function endpoint({ OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseURL, OPENAI_MODEL: model }) {
  if (!apiKey && !baseURL) return null;
  return { apiKey, baseURL: baseURL || OPENAI, model: model || DEFAULT_MODEL };
}

export function describeModel(env) {
  const found = endpoint(env);
  return found ? { name: found.model, rehearsed: false } : { name: 'Rehearsed agent', rehearsed: true };
}
