import { useEffect, useRef, useState } from 'react';
import { copyText } from '../clipboard';
import { useHere } from '../context';
import { Icon } from './Icon';
import { QrCode } from './QrCode';

const LOOPBACK = /^(localhost|127\.|\[::1\])/;

/** An address that other devices can open: this one, unless it is only of this machine. */
function useLinks(): readonly string[] {
  const { facts } = useHere();
  const mine = `${location.origin}/s/${facts.session}`;
  if (!LOOPBACK.test(location.hostname)) return [...new Set([mine, ...facts.links])];
  return facts.links.length > 0 ? [...new Set([...facts.links, mine])] : [mine];
}

export function Share({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const links = useLinks();
  const [link, setLink] = useState(links[0] ?? '');
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  // Closed by the dialog itself, so that the focus goes back to where it came from.
  const close = () => dialog.current?.close();
  const copy = async () => {
    setCopied(await copyText(link));
  };

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="share-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className="dialog-body">
        <div className="dialog-head">
          <h2 id="share-title">Open it somewhere else</h2>
          <button type="button" className="quiet-button" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </div>
        <p className="muted">
          Everybody with this address is in the same conversation: they see the answer as it is written, and may steer,
          stop or approve.
        </p>
        <QrCode text={link} />
        <label className="sr-only" htmlFor="share-link">
          Address of this conversation
        </label>
        <div className="copy">
          <input
            id="share-link"
            data-testid="share-link"
            readOnly
            value={link}
            onFocus={(event) => event.target.select()}
          />
          <button type="button" className="button primary" data-testid="share-copy" onClick={() => void copy()}>
            <Icon name={copied ? 'check' : 'copy'} />
            <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
          </button>
        </div>
        {links.length > 1 && (
          <div className="addresses" role="group" aria-label="Address to use">
            {links.map((each) => (
              <button
                key={each}
                type="button"
                className="chip"
                aria-pressed={each === link}
                onClick={() => (setLink(each), setCopied(false))}
              >
                {new URL(each).hostname}
              </button>
            ))}
          </div>
        )}
        <p className="muted small-print">Scan the code with a device on the same network.</p>
      </div>
    </dialog>
  );
}
