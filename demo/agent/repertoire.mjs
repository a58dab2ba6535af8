// The prose of the rehearsed model. {name} and {place} are filled in anew in every chapter.
const NAMES = ['Marta Okonjo', 'Ansel Brandt', 'Yuki Tanabe', 'Zoë Marchetti', 'Ishmael Reyes', 'Ingrid Sæther', 'Tomás Figueira', 'Noor Haddad'];
const PLACES = ['Skara Head', 'Königsbrück', 'Tarn Mouth', 'São Bento', 'the Upper Ferry', 'Øvre Lia', 'Val d’Orsenna', 'Porto Cinza'];

const LIGHTHOUSE = `## The keeper’s book

The lighthouse at {place} had two keepers and one book. The keepers changed at midnight; the book did not. Whoever had the watch wrote down what happened when it happened – wind, lamp, ships, visitors, the state of the bread – and whoever came next read the last page before saying good evening. Nobody at {place} had ever called this a system. It was simply how one avoided asking a tired person what had gone on.

{name} came there in the year the harbour silted up. What struck her was not the lamp, which was ordinary, but how little it mattered who was awake. A keeper could fall asleep in mid-sentence, be rowed ashore with a fever, or leave in the night to get married, and the sentence would be finished in another hand. *The light,* she wrote home, *is kept by the book. We only turn the handle.*

There were rules, and they fitted on the inside of the cover:

1. Write before you act on it. What is not in the book has not happened.
2. Never write over anything. A mistake gets a line of its own that says so.
3. Number the lines. Two people who count differently have two lighthouses.
4. Whoever comes late reads from where they left, and not from where they feel like it.

The third rule was the one people laughed at, until the winter of the fog. For nine days the boat could not land, and the messages between the rock and the shore went by lamp, one letter at a time. Half of them were lost. But each began with the number of the last line that had been understood, and so neither side ever had to guess: they went on from there. Nothing was said twice, and in the end nothing was missing. 🌫️

{name} worked out later that the fog had cost them four hours of talk and not one word of it. “People think a conversation is the wire,” she told the inspector. “Cut the wire and the conversation is over. But a wire is only how it travels. The conversation is what both of us would find written down if we went and looked.” The inspector wrote that down, and numbered the line.

You can draw what they did, and it is almost disappointingly small:

\`\`\`text
rock    ── line 41 ──▶  shore
rock    ── line 42 ──✕  (fog)
shore   ── “I have 41” ─▶ rock
rock    ── line 42 ──▶  shore
\`\`\`

The lamp at {place} is electric now, and nobody turns a handle. The book is in a glass case, open at the page where one keeper’s hand ends in the middle of a word and another’s begins. Visitors look for the place where something went wrong. There is none: that is what the page is for.`;

const POST = `## Over the pass

Between {place} and the valley there is one road, and for five months of the year there is not. The post went anyway. It was carried over the pass by people who did not much like one another, in bags that were sealed at one end and counted at the other, and the remarkable thing about it – {name} used to say this with some pride – is that nobody who carried it ever knew whether it had arrived.

They did not need to know. At the top of the pass stood a hut, and in the hut a ledger. A carrier wrote in the number of every bag he brought up and took the same number down the far side. If he came back, he read what the other side had signed for. If he did not come back, the next one did. The bags that had no signature went again. That some of them arrived twice was no trouble at all, because a bag has a number, and a postmaster who has seen it puts the second one in the stove.

> A letter that is sent until it is answered, and opened only once, has been delivered exactly once. There is no other way, and there never was.

{name} had that painted above the door. Travellers took it for scripture. It is really bookkeeping, and the two halves of it are equally important: the side that sends must be stubborn, and the side that receives must be able to remember. A stubborn sender alone gives you everything twice. A good memory alone gives you silence in bad weather.

In the spring of the flood the bridge went, and with it a mule, eleven bags and the only man who could read the ledger’s handwriting. The office at {place} was closed for two days. On the third, a girl of fifteen opened the book at the last signature, found the number below it, and sent a boy for those bags and no others. Everything that had been promised was delivered. Two letters were late. One, addressed in violet ink to “the tenant of the third floor”, had been delivered before the flood, and the tenant sent it back with a kind note.

It is worth saying what the ledger did **not** do. It did not make the mountain lower or the carriers quicker. It had no opinion on the weather. Carriers were lost before it and after it at about the same rate. What it changed was what losing one *meant*: before, a missing man was a missing conversation; after, he was a missing man, which is sad enough.

When {name} retired, they asked what the secret was. “Write it down where neither of you lives,” was the answer. “Not in your pocket and not in his. In the hut. Then it does not matter which of you is in the snow.” The hut at {place} still stands. There is a telephone in it, which is out of order, and a ledger, which is not. 📬`;

const CLOCK = `## The night exchange

The telephone exchange of {place} had forty lines and, from ten in the evening, one operator. On the night this is about, that was {name}, who had a cold, a pot of tea, and a habit the management disapproved of: every call was noted on a card – who spoke to whom, from when, and the last thing that was agreed – and the card stayed on the desk until *both* parties had hung up politely.

At twenty past eleven the power failed. Forty lamps went dark, and with them nineteen conversations: a doctor in the middle of a dosage, two brothers about to stop quarrelling, a grain merchant who had said a price and not yet heard “yes”. In most exchanges that would have been the end of nineteen evenings. Here it was the beginning of a rather busy one.

When the lamps came back, {name} did not wait for anybody to ring. The cards lay on the desk in the order of the calls. One after the other the lines were plugged in again, and to each the same three things were said: *you were speaking with so-and-so; the last I have is this; please go on.* The doctor finished the dosage. The merchant got his yes. The brothers, given a moment to think, took a little longer.

| what was lost | what was kept |
| --- | --- |
| the current | who was talking |
| the line | what had been said |
| eleven minutes | whose turn it was |

Notice what is in the right-hand column and what is not. The voice is not there; nobody needs the voice again. What people need, when they come back, is small: where we were, what is new since then, and whether it is my turn. An exchange that can say these three things may lose its lines as often as it likes. One that cannot is only ever as good as its wires.

There is a second half to the story which is told less often. During the outage the grain merchant had walked to his neighbour’s telephone, on another line, and asked for the same call. He got the same card. It did not matter that he was somebody else’s lamp now; the card was in his name and not in the name of his telephone. {name} moved one plug. The man at the other end never noticed, and said “yes” into a different room.

The management’s report spoke of “exemplary resilience of the plant”. The plant, of course, had failed. What had been resilient was a shoebox of cards and somebody’s belief that a conversation belongs to the people who have it. They abolished the cards the year after, on grounds of economy, and brought them back the year after that. The exchange at {place} has been automatic for a long time now. It keeps cards. ☎️`;

const PIECES = [['lighthouse', LIGHTHOUSE], ['post', POST], ['exchange', CLOCK]].map(([id, text]) => ({ id, paragraphs: text.split('\n\n') }));

const THOUGHTS = [
  (q) => `The question is “${q}”. A one-line answer would be correct and forgotten by tomorrow, so a story is better. It should be about carrying on: something that is interrupted, and what makes it possible to go on from the same place. I will take care to keep the order straight, say nothing twice, and stop where the story stops. A list or a small drawing will help somewhere in the middle.`,
  (q) => `This is another try at “${q}”, so the same story again would be cheating. I will choose a different one with the same point: whoever keeps the record keeps the conversation. Begin with the people, get to the rule in the middle, and let somebody say it better than I can at the end.`,
];

export const thoughts = (question, attempt) => THOUGHTS[attempt % THOUGHTS.length](question);

export const length = (text) => text.split(/\s+/).length;

/**
 * The paragraphs of one chapter. Neighbouring seeds and chapters give different stories, of those
 * that are chosen, or of all.
 */
export function chapters(seed, chapter, chosen) {
  const turn = seed + chapter;
  const name = NAMES[(turn + Math.floor(turn / PIECES.length)) % NAMES.length];
  const place = PLACES[(turn * 3 + chapter) % PLACES.length];
  const pieces = PIECES.filter(({ id }) => chosen.length === 0 || chosen.includes(id));
  return pieces[turn % pieces.length].paragraphs.map((text) => text.replaceAll('{name}', name).replaceAll('{place}', place));
}
