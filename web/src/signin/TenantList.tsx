/** Where to sign in, for somebody who belongs to several tenants. */

import { useEffect, useRef } from "react";
import type { TenantChoice } from "../api/auth";
import { RightIcon } from "../app/icons";

interface Props {
  tenants: TenantChoice[];
  busy: boolean;
  onPick: (slug: string) => void;
  onBack: () => void;
}

export function TenantList({ tenants, busy, onPick, onBack }: Props) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <div className="form">
      <p id="tenant-question">You belong to several. Which one?</p>
      <ul className="tenant-list" aria-labelledby="tenant-question">
        {tenants.map((tenant, index) => (
          <li key={tenant.slug}>
            <button
              type="button"
              ref={index === 0 ? first : undefined}
              data-testid="tenant-choice"
              disabled={busy}
              onClick={() => onPick(tenant.slug)}
            >
              <strong>{tenant.name}</strong>
              <span className="muted small">{tenant.slug}</span>
              <RightIcon />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="text-button" onClick={onBack}>
        Back
      </button>
    </div>
  );
}
