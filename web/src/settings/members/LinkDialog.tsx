/** The invitation's link, shown this once beside the e-mail that carries it. */

import { CopyOnce } from "../../app/CopyOnce";
import { Dialog } from "../../app/Dialog";

export function LinkDialog({ name, url, onClose }: { name: string; url: string; onClose: () => void }) {
  return (
    <Dialog title={`${name} is invited`} onClose={onClose} testid="link-dialog">
      <div className="form">
        <p>An e-mail with this link is on its way. You can also hand it over yourself; it works once.</p>
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
