import { LENGTHS, percent, STORIES, TONES, wishWords, type Choice, type Progress } from '../../../shared/board.mjs';
import { useChat, useHere } from '../context';
import { keys } from '../hooks/useBoard';
import { doingWords, progressLine, progressWords, restWords, totalWords } from '../words';

/** What the agent does right now, and how it shall answer: the same in every window. */
export function Board() {
  return (
    <>
      <Now />
      <Wishes />
    </>
  );
}

/** The answers being written whose agent is here; the newest last. */
export function useProgress(): readonly Progress[] {
  const progress = useChat((state) => state.board.progress);
  const claimed = useChat((state) => state.presence.claimed);
  return progress.filter(({ run }) => claimed.has(run));
}

function Now() {
  const progress = useProgress();
  const totals = useChat((state) => state.board.totals);
  const doing = useChat((state) => state.presence.members.find(({ kind }) => kind === 'agent')?.doing ?? '');
  const connected = useChat((state) => state.link.state === 'connected');
  return (
    <section data-testid="now">
      <h2>{connected ? 'The agent now' : 'The agent when the connection broke'}</h2>
      {progress.map((each) => (
        <Bar key={each.run} progress={each} />
      ))}
      {progress.length === 0 && (
        <p className="muted now-idle">{restWords(doing)}</p>
      )}
      <p className="muted small-print" data-testid="totals" data-answers={totals.answers} data-words={totals.words}>
        {totalWords(totals)}
      </p>
    </section>
  );
}

function Bar({ progress }: { progress: Progress }) {
  const { run, doing, words, wanted, wishes } = progress;
  const done = percent(progress);
  return (
    <div
      className="progress"
      data-testid="progress"
      data-run={run}
      data-doing={doing}
      data-words={words}
      data-wanted={wanted}
      data-percent={done ?? ''}
    >
      <div className="progress-head">
        <span>{doingWords(doing)}</span>
        <span className="progress-percent">{doing === 'writing' && done !== undefined ? `${done} %` : ''}</span>
      </div>
      <div
        className={words > 0 ? 'bar' : 'bar waiting'}
        role="progressbar"
        aria-label="How far the answer is"
        aria-valuemin={0}
        aria-valuemax={100}
        {...(done === undefined ? {} : { 'aria-valuenow': done })}
      >
        <span style={{ width: `${done ?? 0}%` }} />
      </div>
      <p className="muted small-print">
        {progressWords(progress)}
        {wishes && <span data-testid="progress-wishes"> · {wishes}</span>}
      </p>
    </div>
  );
}

function Wishes() {
  const { wishes, choose } = useChat((state) => state.board);
  return (
    <section data-testid="wishes">
      <h2>How it answers</h2>
      <fieldset className="wishes" disabled={!choose}>
        <legend className="sr-only">How the agent answers everybody in this conversation</legend>
        <Segments name="length" label="Length" all={LENGTHS} chosen={wishes.length} of={keys.length} by={wishes.by.length} />
        <Segments name="tone" label="Tone" all={TONES} chosen={wishes.tone} of={keys.tone} by={wishes.by.tone} />
        <div className="wish" role="group" aria-labelledby="wish-stories">
          <span className="wish-label" id="wish-stories">
            Stories
          </span>
          <span className="stories">
            {STORIES.map(({ id, label }) => (
              <button
                key={id}
                type="button"
                className="chip"
                aria-pressed={wishes.stories.includes(id)}
                data-testid={`wish-story-${id}`}
                onClick={() => choose?.(keys.story(id), !wishes.stories.includes(id))}
              >
                {label}
              </button>
            ))}
          </span>
        </div>
      </fieldset>
      <p className="muted small-print">
        One choice for everybody here. The agent reads it before it answers, and stops sooner when less is wanted.
      </p>
    </section>
  );
}

interface SegmentsProps {
  readonly name: string;
  readonly label: string;
  readonly all: readonly Choice[];
  readonly chosen: string;
  /** The key it is kept under. */
  readonly of: string;
  /** Who chose it. */
  readonly by: string | undefined;
}

function Segments({ name, label, all, chosen, of, by }: SegmentsProps) {
  const { me, names } = useHere();
  const choose = useChat((state) => state.board.choose);
  const pending = useChat((state) => state.board.pending.has(of));
  const who = by === undefined ? '' : by === me.clientId ? 'you' : names.of(by);
  return (
    <div className="wish" role="radiogroup" aria-labelledby={`wish-${name}`} data-pending={pending}>
      <span className="wish-label" id={`wish-${name}`}>
        {label}
        {who && (
          <span className="wish-by" data-testid={`wish-${name}-by`}>
            {` ${who}`}
          </span>
        )}
      </span>
      <span className="segments">
        {all.map((choice) => (
          <label key={choice.id} className="segment">
            <input
              type="radio"
              name={`wish-${name}`}
              checked={choice.id === chosen}
              data-testid={`wish-${name}-${choice.id}`}
              onChange={() => choose?.(of, choice.id)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </span>
    </div>
  );
}

/** The board in one line, where there is no room beside the chat; it opens the panel. */
export function BoardLine({ onOpen }: { onOpen: () => void }) {
  const progress = useProgress().at(-1);
  const wishes = useChat((state) => wishWords(state.board.wishes));
  const connected = useChat((state) => state.link.state === 'connected');
  if (!connected) return null;
  const done = progress && percent(progress);
  return (
    <button type="button" className="board-line" data-testid="board-line" aria-controls="panel" onClick={onOpen}>
      {progress && <span className="board-line-bar" style={{ width: `${done ?? 0}%` }} />}
      <span className="board-line-words">
        {progress ? progressLine(progress) : 'How it answers'}
      </span>
      <span className="board-line-wishes">{wishes || 'as usual'}</span>
    </button>
  );
}
