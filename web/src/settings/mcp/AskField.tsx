/** Before which tools the caller is asked: as they say of themselves, or one by one. */

import type { OfferedTool } from "../../api/mcp";
import { Field } from "../../app/Field";
import { type Choice, chosenAsks } from "./tools";

interface Props {
  tools: readonly OfferedTool[];
  choice: Choice;
  onChange: (choice: Choice) => void;
}

export function AskField({ tools, choice, onChange }: Props) {
  return (
    <Field
      label="Ask the caller before"
      hint="What is asked is read back in full, and only done after a yes. Choose yourself where you do not trust what a server says of its tools."
    >
      {(ties) => (
        <select
          {...ties}
          data-testid="mcp-asks"
          value={choice.asks ? "chosen" : "usual"}
          onChange={(change) =>
            onChange({ ...choice, asks: change.target.value === "usual" ? undefined : chosenAsks(tools) })
          }
        >
          <option value="usual">Every tool that may change something</option>
          <option value="chosen">Those I choose</option>
        </select>
      )}
    </Field>
  );
}
