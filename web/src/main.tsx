import "@fontsource-variable/instrument-sans/wght.css";
import "./app/tokens.css";
import "./app/base.css";
import "./app/controls.css";
import "./app/forms.css";
import "./app/rows.css";
import "./app/tabs.css";
import "./app/files.css";
import "./app/places.css";
import "./app/shell.css";
import "./app/shell-narrow.css";
import "./talk/talk.css";
import "./talk/captions.css";
import "./talk/talk-narrow.css";
import "./talk/cards.css";
import "./talk/files/tray.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { applyTheme } from "./app/theme";
import { takeFragment, watchFragment } from "./signin/fragment";

takeFragment();
watchFragment();
applyTheme();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
