// A model provider that speaks as much of the OpenAI API as the agent needs, and notes what it was asked.
import http from 'node:http';
import { pause } from './wait.mjs';

const PACE_MS = 15;

export class Provider {
  asked = [];
  /** After how many words the next answer breaks off. */
  breaksAfter = Infinity;

  static async start(words) {
    const provider = new Provider();
    provider.server = http.createServer((request, response) => void provider.#answer(request, response, words));
    await new Promise((done) => provider.server.listen(0, '127.0.0.1', done));
    provider.server.unref();
    provider.url = `http://127.0.0.1:${provider.server.address().port}/v1`;
    return provider;
  }

  async #answer(request, response, words) {
    let body = '';
    for await (const chunk of request) body += chunk;
    this.asked.push({ path: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (delta, finish = null) => response.write(`data: ${JSON.stringify({
      id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }],
    })}\n\n`);
    send({ role: 'assistant', content: '' });
    const most = this.breaksAfter;
    this.breaksAfter = Infinity;
    for (const [i, word] of words.match(/\S+\s*/g).entries()) {
      if (i === most) response.destroy();
      if (response.destroyed) return;
      send({ content: word });
      await pause(PACE_MS);
    }
    send({}, 'stop');
    response.end('data: [DONE]\n\n');
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
