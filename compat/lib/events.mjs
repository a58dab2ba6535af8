// A reader of server-sent events that is nothing but fetch.
import { Inbox } from './wait.mjs';

/** Reads one block's lines into { id, event, data }. */
function block(text) {
  const fields = {};
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
    fields[name] = name in fields ? `${fields[name]}\n${value}` : value;
  }
  return fields;
}

export class Events {
  inbox = new Inbox();
  lastEventId = undefined;
  #stop = new AbortController();

  static async open(at, params, { headers = {}, key = 'app.key:secret' } = {}) {
    const events = new Events();
    const search = new URLSearchParams({ v: '1.2', ...(key === null ? {} : { key }), ...params });
    events.response = await fetch(`http://127.0.0.1:${at.port}/sse?${search}`, { headers, signal: events.#stop.signal });
    events.ended = events.#read().catch(() => {});
    return events;
  }

  async #read() {
    let text = '';
    for await (const chunk of this.response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
        const event = block(text.slice(0, end));
        if (event.id !== undefined) this.lastEventId = event.id;
        if (Object.keys(event).length > 0) this.inbox.add(event);
      }
    }
  }

  get messages() {
    return this.inbox.items.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data));
  }

  /** Resolves once it has been told where it is, so that nothing published from now on is missed. */
  placed() {
    return this.inbox.first(({ id, event }) => id && !event, 'the place it begins at');
  }

  async until(enough, what, ms) {
    await this.inbox.when(() => enough(this.messages), what, ms);
    return this.messages;
  }

  async close() {
    this.#stop.abort();
    await this.ended;
  }
}
