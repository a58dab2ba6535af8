// Long prose for streaming: original text, varied by a fixed seed, with characters of every width.
const PARAGRAPHS = [
  `The lighthouse at {place} had been without a keeper for eleven years when {person} came back to it. Nobody had asked for the lamp to be lit. The harbour was silted, the fishing fleet had gone south after the herring, and the charts that still marked the rock marked it with a cross and the single word “disused”. {person} carried up two cans of oil, a sack of potatoes and a clock that ran eleven minutes slow, and began to clean the glass.`,
  `A letter that is never answered is not the same as a letter that never arrived. {person} knew this better than most, having sorted the post at {place} through three winters and a flood. When the bridge went, the bags were tied to the saddle of a grey mule and walked over the pass, and each envelope was counted at the top and counted again at the bottom. Not one was lost; two were late; and one, addressed in violet ink to “the tenant of the third floor”, was delivered twice, for which an apology was sent by the next mule.`,
  `“You keep speaking of the line as though it were the conversation,” said {person}. “A line is a wire on poles. It ices over, and boys throw boots at it. The conversation is what the two of them remember when the wire is down.” Outside, the snow went on falling over {place} – quietly, without any opinion – and the stove ticked as it cooled.`,
  `To bake the bread of {place} one needs rye, water, salt and patience, of which only the salt may be measured. The starter is older than the house. It was carried from the valley in a crock wrapped in a coat, and it has been fed every evening since by whoever happened to be the youngest. {person} claimed that a loaf begun in thunder would never rise; she also claimed to have been born on a train. Both things were repeated so often, and with such good cheer, that in the end they were entered in the parish book.`,
  `There are four ways to count sheep in the hills above {place}, and they give four different numbers. The first counts heads, the second counts legs and divides, the third counts bells – this one is favoured after dark – and the fourth asks the dog. {person} had used all four in one night, and concluded that the number of sheep was 1,247, give or take a lamb.`,
  `The café on the corner opened at six. By half past, the tables near the window were taken: a tailor with his accounts, a student copying Greek (ὁ βίος βραχύς, ἡ δὲ τέχνη μακρή), a woman who wrote 手紙 in a narrow hand and folded each one before the ink could dry. {person} set down the cups without asking. In {place} people are known by what they drink 🫖, and a man who changes his order is presumed to be in love.`,
  `It is told that the first clock of {place} struck whenever it liked. Travellers found this intolerable and the townspeople did not notice. When at last a clockmaker was sent for, she listened for a day and a night and then declined to touch it. “It is not wrong,” she told {person}. “It keeps its own order, and keeps it perfectly. You have simply been looking at your watches.”`,
  `The archive fills four rooms. In the first is what was said; in the second, who said it; in the third, the corrections; and the fourth, which is the largest, is empty and is dusted every Friday. {person} once asked what it was for. The archivist, a mild man with ink on both cuffs, said: “For what has been promised and not yet written down. We try to keep it empty. It is a great deal of work.”`,
  `Rain came over {place} from the west in five grey curtains, each with a seam of light between. The children named them: the Baker, the Aunt, the Two Sergeants, and the one with no name that always arrived late. {person} stood in the doorway with a hand held out flat, as one does to learn whether a thing has begun, and then – since it had – went out into it without a hat. ☔️`,
  `In the margin of the logbook somebody had drawn a whale, and under the whale a smaller whale, and under that a column of figures: 7 × 13 = 91, 91 + 9 = 100, and then, underlined twice, “enough”. {person} turned the page. The entries went on – wind, depth, heading, bread – in the same unhurried hand, all the way to {place}, where the ship was seen to arrive with every lamp lit and nobody at all on deck.`,
  `No bell rings in the valley between noon and three. It is not a law; it is only that once, long ago, {person}'s grandmother asked for quiet while a child slept, and nobody has been told that the child woke up. So the mills at {place} turn softly, dogs are spoken to in gestures, and the post-horn is carried wrapped in a scarf. Naïve visitors take it for piety. Perhaps it is 💤.`,
  `When the telegraph came to {place} it brought an instrument, a clerk, and a rule: a message is not delivered until it has been read back. The clerk – this was {person} – read everything back, including the weather, the price of wool, and, on one occasion, a proposal of marriage, which was read back in a level voice, corrected in one word, read back again, and accepted.`,
];
const PLACES = ['Skara Head', 'Val d’Orsenna', 'the Upper Ferry', 'Königsbrück', 'Tarn Mouth', 'São Bento', 'the Salt Steps', 'Øvre Lia'];
const PEOPLE = ['Marta Okonjo', 'old Ishmael Reyes', 'the widow Brandt', 'Dr. Aurelio Finch', 'Yuki', 'Captain Le Goff', 'Ansel the younger', 'Zoë Marchetti'];

/** A small deterministic random source, so that a failure can be run again. */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Prose of at least `words` words; the same seed gives the same text. */
export function prose(words, seed = 1) {
  const random = seeded(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const out = [];
  for (let count = 0; count < words; ) {
    const place = pick(PLACES);
    const person = pick(PEOPLE);
    const paragraph = pick(PARAGRAPHS).replaceAll('{place}', place).replaceAll('{person}', person);
    out.push(paragraph);
    count += paragraph.split(/\s+/).length;
  }
  return out.join('\n\n');
}

/** Cuts a text into exactly `n` tokens of a few characters, never inside a code point. */
export function tokens(text, n, seed = 2) {
  const points = [...text];
  if (points.length < n) throw new Error(`${points.length} characters cannot make ${n} tokens`);
  const random = seeded(seed);
  const cuts = new Set();
  while (cuts.size < n - 1) cuts.add(1 + Math.floor(random() * (points.length - 1)));
  const bounds = [0, ...[...cuts].sort((a, b) => a - b), points.length];
  return bounds.slice(1).map((end, i) => points.slice(bounds[i], end).join(''));
}
