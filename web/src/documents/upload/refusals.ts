/** What a refusal means for the person: whether the same file can ever be taken, and the short of the server's words. Pure. */

/** The file itself is at fault, so the same bytes are refused again. */
const FINAL = new Set(
  (
    "unsupported_type mislabelled binary_content polyglot macros malware encrypted empty_file file_too_large too_large " +
    "broken_file cut_off unsafe_archive zip_bomb too_deep video"
  ).split(" "),
);

export function isFinal(code: string | undefined): boolean {
  return code !== undefined && FINAL.has(code);
}

const KINDS = / (?:What can be taken:|Upload) (PDF, .*?)\.?$/;

/** Without the list of all kinds, which is told once for all files, if at all. */
export function shortOf(reason: string): string {
  return reason.replace(KINDS, "");
}

/** The list of all kinds in the first refusal that has one; empty when none has. */
export function kindsOf(reasons: readonly (string | undefined)[]): string {
  return reasons.map((one) => one?.match(KINDS)?.[1]).find(Boolean) ?? "";
}
