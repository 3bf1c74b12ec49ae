/** A reference's markup as pieces: it has only <i> in it, and what people typed is escaped. Pure. */

export interface Piece {
  text: string;
  italic: boolean;
}

const SIGNS: Record<string, string> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#x27;": "'",
  "&amp;": "&",
};

export function piecesOf(html: string): Piece[] {
  const pieces = html.split(/(<\/?i>)/);
  let italic = false;
  const found: Piece[] = [];
  for (const piece of pieces) {
    if (piece === "<i>" || piece === "</i>") italic = piece === "<i>";
    else if (piece)
      found.push({ text: piece.replace(/&(?:lt|gt|quot|amp|#39|#x27);/g, (sign) => SIGNS[sign] ?? sign), italic });
  }
  return found;
}
