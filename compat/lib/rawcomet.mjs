// Comet by bare requests: frames of our choosing where no WebSocket goes.
import { ACTION, RawClient } from './raw.mjs';

export class RawComet extends RawClient {
  #stop = new AbortController();
  #sending = Promise.resolve();
  #over = false;

  /** Asks for a connection and reads what comes; a refusal arrives as an ERROR. Does not wait for CONNECTED. */
  static async open(at, { stream = true, key = 'app.key:secret', params = {}, query = {} } = {}) {
    const raw = new RawComet();
    raw.base = `http://127.0.0.1:${at.port}/comet`;
    const search = { ...query, ...params };
    raw.credentials = new URLSearchParams({
      ...(key === null ? {} : { key }),
      ...(search.access_token ? { access_token: search.access_token } : {}),
      ...(search.accessToken ? { accessToken: search.accessToken } : {}),
    });
    const asked = new URLSearchParams({ v: '6', ...(stream ? {} : { stream: 'false' }), ...search, ...Object.fromEntries(raw.credentials) });
    const first = await raw.#fetch(`${raw.base}/connect?${asked}`);
    raw.closed = raw.#read(first).catch((error) => ({ error }));
    return raw;
  }

  static async connected(at, options) {
    const raw = await RawComet.open(at, options);
    raw.details = await raw.next(ACTION.CONNECTED);
    return raw;
  }

  #fetch(url, init = {}) {
    return fetch(url, { ...init, signal: this.#stop.signal });
  }

  url(verb) {
    return `${this.base}/${this.key}/${verb}?${this.credentials}`;
  }

  async #read(response) {
    for (let answer = response; !this.#over; answer = await this.#fetch(this.url('recv'))) {
      if (answer.status >= 400) {
        this.status = answer.status;
        const { error } = await answer.json();
        if (!this.#over) this.inbox.add({ action: ACTION.ERROR, error });
        return { code: error.code };
      }
      await this.#take(answer);
    }
    return {};
  }

  /** A long poll's body is one array; a stream's are many, each with a newline. */
  async #take(answer) {
    let text = '';
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end; (end = text.indexOf('\n')) >= 0; text = text.slice(end + 1)) this.#frames(text.slice(0, end));
    }
    this.#frames(text);
  }

  #frames(text) {
    for (const frame of text.trim() ? JSON.parse(text) : []) {
      if (frame.action === ACTION.CONNECTED) this.key = frame.connectionDetails.connectionKey;
      // after these there is nothing more to ask for
      if ([ACTION.CLOSED, ACTION.DISCONNECTED].includes(frame.action) || (frame.action === ACTION.ERROR && !('channel' in frame))) this.#over = true;
      this.inbox.add(frame);
    }
  }

  /** Sends one protocol message, after those before it. */
  send(frame) {
    this.#sending = this.#sending.then(() => this.#post(JSON.stringify([frame]))).catch(() => {});
  }

  async #post(body) {
    const answer = await this.#fetch(this.url('send'), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    const text = await answer.text();
    if (answer.status >= 400) this.inbox.add({ action: ACTION.ERROR, error: JSON.parse(text).error });
    else this.#frames(text);
  }

  /** Stops asking and says nothing, as when a network goes. */
  async close() {
    this.#over = true;
    this.#stop.abort();
    await this.closed;
  }
}
