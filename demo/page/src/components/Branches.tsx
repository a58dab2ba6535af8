import type { BranchHandle } from '@ably/ai-transport';
import type { UIMessage } from '../session/codec';
import { Icon } from './Icon';

/** Walks the versions of a message: other wordings of a question, other answers to it. */
export function Branches({ branch, what }: { branch: BranchHandle<UIMessage>; what: string }) {
  if (!branch.hasSiblings) return null;
  const { index, siblings } = branch;
  return (
    <span className="branch" data-testid="branch" role="group" aria-label={`Which ${what} to show`}>
      <button
        type="button"
        className="quiet-button"
        data-testid="branch-prev"
        disabled={index === 0}
        aria-label={`Previous ${what}`}
        onClick={() => branch.select(index - 1)}
      >
        <Icon name="left" />
      </button>
      <span className="branch-position" data-testid="branch-position">{`${index + 1} / ${siblings.length}`}</span>
      <button
        type="button"
        className="quiet-button"
        data-testid="branch-next"
        disabled={index === siblings.length - 1}
        aria-label={`Next ${what}`}
        onClick={() => branch.select(index + 1)}
      >
        <Icon name="right" />
      </button>
    </span>
  );
}
