/** When somebody works and would rather meet; with the right to, also what counts for everybody. */

import "../../personas/hours.css";
import { useState } from "react";
import { calendar } from "../../api/calendar";
import { useResource } from "../../api/useResource";
import { may } from "../../app/access";
import { useMe } from "../../app/account";
import { Dialog } from "../../app/Dialog";
import { Field } from "../../app/Field";
import { Problem } from "../../app/Problem";
import { PreferencesForm } from "./PreferencesForm";

export function PreferencesDialog({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const [whose, setWhose] = useState<"me" | "tenant">("me");
  const loaded = useResource(() => calendar.preferences(whose), whose);
  return (
    <Dialog wide title="Working hours and wishes" onClose={onClose} testid="preferences-dialog">
      <div className="form">
        {may(me, "tenant:write") && (
          <Field label="For whom">
            {(ties) => (
              <select
                {...ties}
                data-testid="preferences-of"
                value={whose}
                onChange={(change) => setWhose(change.target.value as "me" | "tenant")}
              >
                <option value="me">Only me</option>
                <option value="tenant">Everybody who has not said otherwise</option>
              </select>
            )}
          </Field>
        )}
        <Problem text={loaded.error} />
        {loaded.data && <PreferencesForm key={whose} known={loaded.data} onClose={onClose} />}
      </div>
    </Dialog>
  );
}
