/** Light or dark: the system decides until the person does; the choice is kept in this browser. */

import { useEffect, useState } from "react";

export type Theme = "light" | "dark";
const KEY = "voiceloop.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");

function current(): Theme {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "light" || chosen === "dark") return chosen;
  return system.matches ? "dark" : "light";
}

export function applyTheme(): Theme {
  const theme = current();
  document.documentElement.dataset.theme = theme;
  return theme;
}

export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(applyTheme);
  useEffect(() => {
    const follow = () => setTheme(applyTheme());
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, []);
  const toggle = () => {
    localStorage.setItem(KEY, theme === "dark" ? "light" : "dark");
    setTheme(applyTheme());
  };
  return [theme, toggle];
}
