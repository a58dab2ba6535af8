// The model: a provider's when the environment names one, else the rehearsed one.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError } from 'ai';
import { endpoint } from './choice.mjs';
import { RehearsedModel } from './rehearsed.mjs';

export const INSTRUCTIONS = `You are the agent of a demonstration of Holdfast, a durable session layer.
Answer at length and in Markdown, in paragraphs separated by empty lines. Use the tool weather when
asked about the weather. Use the tool deploy when asked to deploy something: a person has to approve
it, and nothing is really deployed. People may add something while you write: take it up at once.`;

export function chooseModel(env) {
  const found = endpoint(env);
  if (!found) return new RehearsedModel();
  const provider = createOpenAICompatible({ name: 'openai-compatible', baseURL: found.baseURL, apiKey: found.apiKey });
  return provider.chatModel(found.model);
}

/** What is told of a failure. An answer that broke off says nothing of whose fault that is. */
export function wordsOf(error) {
  const said = String(error?.message ?? error);
  const answered = APICallError.isInstance(error) && error.statusCode >= 200 && error.statusCode < 300;
  const cut = answered || error instanceof TypeError || error?.code === 'ECONNRESET';
  return cut ? `the model's provider broke off (${said})` : said;
}
