/**
 * Live captions from `lk.transcription`. The caller's words come as a new, complete stream for every update of a
 * segment; the assistant's as one stream of additions. Both are merged by segment id, so a line never jumps or doubles.
 */

export type Speaker = "user" | "agent";

export interface Caption {
  id: string;
  who: Speaker;
  text: string;
  final: boolean;
  typed: boolean;
  /** Which stream wrote the text: a later one replaces, the same one appends, an earlier one is ignored. */
  stream: number;
  at: number;
}

export interface CaptionChunk {
  segment: string;
  stream: number;
  who: Speaker;
  text: string;
  at: number;
}

export function addChunk(captions: readonly Caption[], chunk: CaptionChunk): Caption[] {
  const old = captions.find((caption) => caption.id === chunk.segment);
  if (!old) {
    if (!chunk.text) return [...captions];
    const { segment: id, ...rest } = chunk;
    return [...captions, { ...rest, id, final: false, typed: false }];
  }
  if (chunk.stream < old.stream) return [...captions];
  const text = chunk.stream === old.stream ? old.text + chunk.text : chunk.text;
  return captions.map((caption) => (caption === old ? { ...old, text, stream: chunk.stream } : caption));
}

/** The stream ended. Only the newest stream of a segment may finish it; a segment without words disappears. */
export function endStream(captions: readonly Caption[], segment: string, stream: number, final: boolean): Caption[] {
  return captions
    .map((caption) =>
      caption.id === segment && caption.stream === stream ? { ...caption, final: caption.final || final } : caption,
    )
    .filter((caption) => !(caption.final && caption.text.trim() === ""));
}

export function addTyped(captions: readonly Caption[], id: string, text: string, at: number): Caption[] {
  return [...captions, { id, who: "user", text, final: true, typed: true, stream: 0, at }];
}

/** What a screen reader should hear: whole lines only, never the flicker of partial words. */
export function lastSpokenLine(captions: readonly Caption[]): string {
  const line = captions.filter((caption) => caption.final && !caption.typed).at(-1);
  if (!line) return "";
  return `${line.who === "agent" ? "Assistant" : "You"}: ${line.text}`;
}
