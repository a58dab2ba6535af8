// What clients that speak frames of our choosing have in common, whichever way frames go.
import { Inbox } from './wait.mjs';

export const ACTION = {
  HEARTBEAT: 0, ACK: 1, NACK: 2, CONNECT: 3, CONNECTED: 4, DISCONNECT: 5, DISCONNECTED: 6, CLOSE: 7, CLOSED: 8, ERROR: 9,
  ATTACH: 10, ATTACHED: 11, DETACH: 12, DETACHED: 13, PRESENCE: 14, MESSAGE: 15, SYNC: 16, AUTH: 17, ACTIVATE: 18,
  OBJECT: 19, OBJECT_SYNC: 20, ANNOTATION: 21,
};

export const FLAG = {
  HAS_PRESENCE: 1 << 0, HAS_BACKLOG: 1 << 1, RESUMED: 1 << 2, TRANSIENT: 1 << 4, ATTACH_RESUME: 1 << 5, HAS_OBJECTS: 1 << 7,
  PRESENCE: 1 << 16, PUBLISH: 1 << 17, SUBSCRIBE: 1 << 18, PRESENCE_SUBSCRIBE: 1 << 19,
  ANNOTATION_PUBLISH: 1 << 21, ANNOTATION_SUBSCRIBE: 1 << 22, OBJECT_SUBSCRIBE: 1 << 24, OBJECT_PUBLISH: 1 << 25,
};

/** The bits of a frame's flags that are modes. */
export const modesOf = ({ flags }) => flags & ~0xffff;

const show = (frames) => JSON.stringify(frames).slice(0, 2000);

/** A subclass has `send`, `close`, and gives what arrives to `inbox`. */
export class RawClient {
  inbox = new Inbox();
  serial = 0;

  /** The next frame, from `since` on, with this action (and matching `also`). */
  next(action, also = () => true, { since = 0, ms = 10_000 } = {}) {
    const matches = (frame) => (frame.action ?? 0) === action && also(frame);
    const late = (items) => items.slice(since).some(matches);
    const what = () => `a frame with action ${action}; got ${show(this.inbox.items.slice(since))}`;
    return this.inbox.when(late, what, ms).then((items) => items.slice(since).find(matches));
  }

  /** Sends a frame that is acknowledged and resolves with its ACK or NACK. */
  async request(frame) {
    const msgSerial = this.serial++;
    const since = this.inbox.length;
    this.send({ ...frame, msgSerial });
    const covers = (reply) =>
      (reply.action === ACTION.ACK || reply.action === ACTION.NACK) &&
      reply.msgSerial <= msgSerial && msgSerial < reply.msgSerial + reply.count;
    const what = () => `the reply to msgSerial ${msgSerial}; got ${show(this.inbox.items.slice(since))}`;
    await this.inbox.when((items) => items.slice(since).some(covers), what, 10_000);
    return this.inbox.items.slice(since).find(covers);
  }

  publish(channel, ...messages) {
    return this.request({ action: ACTION.MESSAGE, channel, messages });
  }

  presence(channel, ...presence) {
    return this.request({ action: ACTION.PRESENCE, channel, presence });
  }

  annotate(channel, ...annotations) {
    return this.request({ action: ACTION.ANNOTATION, channel, annotations });
  }

  /** Sends operations on objects, all in one frame. */
  operate(channel, ...operations) {
    return this.request({ action: ACTION.OBJECT, channel, state: operations.map((operation) => ({ operation })) });
  }

  /** Attaches and resolves with the answer: ATTACHED, or the ERROR of the channel. */
  async attach(channel, more = {}) {
    return this.asks({ action: ACTION.ATTACH, channel, ...more }, [ACTION.ATTACHED, ACTION.ERROR]);
  }

  async detach(channel) {
    return this.asks({ action: ACTION.DETACH, channel }, [ACTION.DETACHED, ACTION.ERROR]);
  }

  /** Sends a frame about a channel and resolves with the first answer of one of these actions. */
  async asks(frame, answers) {
    const since = this.inbox.length;
    this.send(frame);
    const fits = (reply) => answers.includes(reply.action) && reply.channel === frame.channel;
    await this.inbox.when((items) => items.slice(since).some(fits), () => `an answer; got ${show(this.inbox.items.slice(since))}`, 10_000);
    return this.inbox.items.slice(since).find(fits);
  }

  /** Resolves once all that was sent before has been looked at. */
  async settled() {
    const id = `settled-${this.serial}-${this.inbox.length}`;
    this.send({ action: ACTION.HEARTBEAT, id });
    await this.next(ACTION.HEARTBEAT, (frame) => frame.id === id);
  }

  /** The frames of an action about a channel. */
  frames(action, channel) {
    return this.inbox.items.filter((frame) => frame.action === action && frame.channel === channel);
  }
}
