/** Asks what a drag left open: which of a series is meant, and where to go when the time is taken. */

import { Dialog } from "../app/Dialog";
import { ScopeField } from "./editor/ScopeField";
import { Refusal, spanText } from "./Refusal";
import type { Mover, Moving } from "./useMoving";

export function MoveDialog({ moving, mover }: { moving: Moving; mover: Mover }) {
  const { event, span, scope, refusal } = moving;
  const busy = moving.stage === "sending";
  return (
    <Dialog title={`Move ${event.summary}`} onClose={mover.stop} testid="move-dialog">
      <form
        className="form"
        onSubmit={(submit) => {
          submit.preventDefault();
          void mover.send({ ...moving, refusal: undefined });
        }}
      >
        <p>To {spanText(span)}.</p>
        {scope && (
          <ScopeField
            value={scope}
            onChange={(chosen) => mover.ask({ ...moving, scope: chosen, refusal: undefined })}
          />
        )}
        <Refusal
          error={refusal}
          busy={busy}
          rest="Move the rest"
          onPick={(free) => void mover.send({ ...moving, span: free, refusal: undefined })}
          onSkip={() => void mover.send(moving, true)}
        />
        <div className="actions">
          {!refusal && (
            <button type="submit" className="button primary" data-testid="move-submit" disabled={busy}>
              Move
            </button>
          )}
          <button type="button" className="button" onClick={mover.stop}>
            Leave it where it was
          </button>
        </div>
      </form>
    </Dialog>
  );
}
