/** Every saved version with what it changed; going back makes a new version, so nothing is lost. */

import { type PersonaVersion, personas } from "../api/personas";
import { useResource } from "../api/useResource";
import { Problem } from "../app/Problem";
import { ago } from "../app/times";
import { toast } from "../app/toasts";
import { useAct } from "../app/useAct";
import { useNow } from "../app/useNow";
import { Changes } from "./Changes";
import { changedFields, FIELD_NAMES } from "./fields";
import type { Editing } from "./useDraft";

export function Versions({ editing }: { editing: Editing }) {
  const { base, changed } = editing;
  const versions = useResource(() => personas.versions(base.id), `versions-${base.id}-${base.version}`);
  const act = useAct();
  const items = versions.data?.items ?? [];
  const goBack = async (version: PersonaVersion) => {
    const done = await act.run(async () => editing.adopt(await personas.goBack(base.id, version.version)));
    if (done) toast(`Version ${version.version} is in use again.`);
  };
  return (
    <section className="versions" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <Problem text={versions.error ?? act.problem} />
      {changed.length > 0 && <p className="muted small">Save or discard your changes before going back.</p>}
      <ol>
        {items.map((one, index) => (
          <Version
            key={one.version}
            one={one}
            before={items[index + 1]}
            current={one.version === base.version}
            closed={act.busy || changed.length > 0}
            onGoBack={() => void goBack(one)}
          />
        ))}
      </ol>
    </section>
  );
}

interface Props {
  one: PersonaVersion;
  before: PersonaVersion | undefined;
  current: boolean;
  closed: boolean;
  onGoBack: () => void;
}

function Version({ one, before, current, closed, onGoBack }: Props) {
  const now = useNow();
  const fields = before ? changedFields(before.persona, one.persona) : [];
  const summary = before ? fields.map((field) => FIELD_NAMES[field].toLowerCase()).join(", ") : "the beginning";
  return (
    <li data-testid="version-row" data-version={one.version}>
      <details className="version">
        <summary>
          <span className="row-name">
            <strong>Version {one.version}</strong>
            {current && <span className="badge badge-good">In use</span>}
          </span>
          <span className="muted small">
            {one.created_by?.name && `${one.created_by.name}, `}
            {ago(one.created_at, now)}: {summary || "nothing changed"}
          </span>
        </summary>
        {before ? <Changes before={before.persona} after={one.persona} /> : null}
        {!current && (
          <button
            type="button"
            className="button small-button"
            data-testid="version-restore"
            disabled={closed}
            onClick={onGoBack}
          >
            Go back to version {one.version}
          </button>
        )}
      </details>
    </li>
  );
}
