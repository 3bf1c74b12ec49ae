/** Makes a server known, or changes its address, token and time limit. */

import { useState } from "react";
import { type McpServer, mcp } from "../../api/mcp";
import { Field } from "../../app/Field";
import { FormDialog } from "../../app/FormDialog";
import { PasswordField } from "../../app/PasswordField";
import { TextField } from "../../app/TextField";
import { nameProblem } from "./tools";

interface Props {
  /** Missing: a new one. */
  row?: McpServer;
  onClose: () => void;
  onSaved: (row: McpServer) => void;
}

export function ServerDialog({ row, onClose, onSaved }: Props) {
  const [name, setName] = useState("");
  const [url, setUrl] = useState(row?.url ?? "");
  const [token, setToken] = useState("");
  const [seconds, setSeconds] = useState(row?.time_limit_s ?? 8);
  const secret = (row?.header_names.length ?? 0) > 0;
  const save = async () => {
    const problem = row ? undefined : nameProblem(name.trim());
    if (problem) throw new Error(problem);
    const body = { url: url.trim(), time_limit_s: seconds, ...(token ? { token } : {}) };
    const saved = row ? await mcp.change(row.id, body) : await mcp.add({ ...body, name: name.trim() });
    onClose();
    onSaved(saved);
  };
  return (
    <FormDialog
      title={row ? `Change ${row.name}` : "Add a server"}
      label={row ? "Save" : "Add and look at its tools"}
      onSubmit={save}
      onClose={onClose}
      testid="mcp"
    >
      {!row && (
        <TextField
          label="Name"
          hint="Small letters, such as “tickets”. It begins the names of its tools and stays."
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={24}
          testid="mcp-name"
          value={name}
          onChange={setName}
        />
      )}
      <TextField
        label="Address"
        hint="Streamable HTTP, such as https://tickets.example.com/mcp"
        type="url"
        required
        maxLength={500}
        testid="mcp-url"
        value={url}
        onChange={setUrl}
      />
      <PasswordField
        label="Token"
        hint={
          secret
            ? "Empty: as it is now. Another host needs it typed in anew."
            : "If it wants one. It is sealed and never shown again."
        }
        token
        value={token}
        onChange={setToken}
        testid="mcp-token"
      />
      <Field label="A tool may take, in seconds">
        {(ties) => (
          <input
            {...ties}
            type="number"
            min={1}
            max={30}
            required
            data-testid="mcp-seconds"
            value={seconds || ""}
            onChange={(change) => setSeconds(change.target.valueAsNumber || 0)}
          />
        )}
      </Field>
    </FormDialog>
  );
}
