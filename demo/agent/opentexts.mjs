// The texts an answer has begun and not ended, as they were handed to the SDK.
export class OpenTexts {
  #texts = new Map();

  /** Notes a message before it is published. */
  note({ serial, data, extras }) {
    // Without a serial it begins something; only what is appended to it has one.
    if (!serial) return;
    if (extras.ai.transport.status !== 'streaming') {
      this.#texts.delete(serial);
      return;
    }
    const before = this.#texts.get(serial)?.data ?? '';
    this.#texts.set(serial, { serial, data: before + data, extras });
  }

  /**
   * Sends every open text whole. The SDK does so itself when pieces of it were lost, but only after
   * it has closed the text, and who has seen it closed reads no further.
   */
  async sendWhole(channel) {
    for (const text of this.#texts.values()) await channel.updateMessage(text);
  }
}
