/** The invitation's link, shown this once: whether an e-mail carries it too, the page does not know. */

import { CopyOnce } from "../../app/CopyOnce";
import { Dialog } from "../../app/Dialog";

export function LinkDialog({ name, url, onClose }: { name: string; url: string; onClose: () => void }) {
  return (
    <Dialog title={`${name} is invited`} onClose={onClose} testid="link-dialog">
      <div className="form">
        <p>
          If a mail server is set up, this link is on its way by e-mail. Otherwise pass it on yourself; it works once.
        </p>
        <CopyOnce label="Invitation link" value={url} testid="invitation-link" />
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
