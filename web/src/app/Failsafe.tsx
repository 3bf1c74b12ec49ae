/** Keeps a broken view from taking the page (and a running talk) down with it; another address is a new try. */

import { Component, type ReactNode } from "react";

interface State {
  failed: boolean;
  path: string;
}

export class Failsafe extends Component<{ path: string; children: ReactNode }, State> {
  override state: State = { failed: false, path: this.props.path };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  static getDerivedStateFromProps(props: { path: string }, state: State) {
    return props.path === state.path ? null : { failed: false, path: props.path };
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
