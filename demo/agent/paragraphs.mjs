// A model's stream that can be asked to end politely: after the paragraph it is writing.

/**
 * The chunks of a UI message, until `wanted()` holds and a paragraph of text ends; then the message
 * is closed as if the model had ended there, and `stopped` is called.
 */
export async function* untilParagraph(chunks, wanted, stopped) {
  let last = '';
  for await (const chunk of chunks) {
    if (chunk.type !== 'text-delta') {
      if (chunk.type === 'text-start') last = '';
      yield chunk;
      continue;
    }
    const text = last + chunk.delta;
    const at = text.indexOf('\n\n');
    if (at >= 0 && wanted()) {
      // What precedes the empty line; a newline of it may have been told already.
      const delta = text.slice(last.length, Math.max(at, last.length));
      if (delta) yield { ...chunk, delta };
      yield { type: 'text-end', id: chunk.id };
      yield { type: 'finish-step' };
      yield { type: 'finish', finishReason: 'stop' };
      stopped();
      return;
    }
    last = chunk.delta.endsWith('\n') ? '\n' : '';
    yield chunk;
  }
}
