/** How connecting an account went, when a provider has just sent the browser back here. */

import { Banner } from "../../app/Banner";
import { go, splitPath } from "../../app/router";
import { refusalOf } from "./words";

export function ConnectionNews({ path }: { path: string }) {
  const { query } = splitPath(path);
  const reason = query.get("connect_error");
  if (!reason && !query.get("connected")) return null;
  return (
    <Banner tone={reason ? "problem" : "info"} onClose={() => go("/calendar")}>
      {reason ? refusalOf(reason) : "The account is connected. Its events appear here as they are read."}
    </Banner>
  );
}
