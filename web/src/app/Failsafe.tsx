/** Keeps a broken view from taking the page (and a running talk) down with it. */

import { Component, type ReactNode } from "react";

export class Failsafe extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="page" role="alert">
        <h1>This view could not be shown</h1>
        <p className="muted">Reload the page. If it happens again, the page may be older than the server.</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </div>
    );
  }
}
