/** Settings: one section at a time, only those that the person's scopes open. */

import "./settings.css";
import "./settings-narrow.css";
import { type ComponentType, lazy, Suspense } from "react";
import type { Me } from "../api/types";
import { isOpen, openSections, SECTIONS } from "../app/access";
import { useMe } from "../app/account";
import { link } from "../app/router";

const VIEWS: Record<string, ComponentType> = {
  "/settings/members": lazy(() => import("./members/MembersView")),
  "/settings/keys": lazy(() => import("./keys/KeysView")),
  "/settings/mcp": lazy(() => import("./mcp/McpView")),
  "/settings/audit": lazy(() => import("./audit/AuditView")),
  "/settings/organisation": lazy(() => import("./organisation/OrganisationView")),
  "/settings/tenants": lazy(() => import("./tenants/TenantsView")),
  "/settings/account": lazy(() => import("./account/AccountView")),
};

export default function SettingsView({ path }: { path: string }) {
  const me = useMe();
  const open = openSections(me);
  const wanted = path === "/settings" ? open[0]?.path : path;
  return (
    <div className="page settings">
      <header className="page-head">
        <h1>Settings</h1>
        <p className="muted">{me.tenant.name}</p>
      </header>
      <nav className="tabs" aria-label="Settings">
        {open.map((section) => (
          <a
            key={section.path}
            href={link(section.path)}
            aria-current={section.path === wanted ? "page" : undefined}
            data-testid={`tab-${section.path.split("/").pop()}`}
          >
            {section.name}
          </a>
        ))}
      </nav>
      <Suspense fallback={<div className="view-loading" role="status" aria-label="Loading" />}>
        <Section me={me} path={wanted ?? ""} />
      </Suspense>
    </div>
  );
}

function Section({ me, path }: { me: Me; path: string }) {
  const section = SECTIONS.find((one) => one.path === path);
  const View = VIEWS[path];
  if (!section || !View) return <p className="empty muted">Settings have no such section.</p>;
  if (!isOpen(me, section)) {
    return (
      <p className="empty" data-testid="closed-section">
        {section.name} are not open to your role, {me.user.role}. An owner of {me.tenant.name} can change that.
      </p>
    );
  }
  return <View />;
}
