/** Where a citation stands: the page's picture with the quote marked, or the recording from its second. */

import { downloadUrl } from "../../api/attachments";
import { contentUrl } from "../../api/documents";
import type { Citation } from "../../api/knowledge";
import { link } from "../../app/router";
import { capital, clockOf } from "../words";
import { keepCited } from "./cited";
import { PageImage } from "./PageImage";
import { Recording } from "./Recording";

/** "page 4"; what older citations call only by number is a page. */
export function placeName(citation: Citation): string {
  return citation.place ?? (citation.page ? `page ${citation.page}` : "");
}

/** Address of the document at the place that is cited; a file of the conversation has none of its own. */
export function addressOfPlace(citation: Citation): string | undefined {
  if (!citation.document_id || citation.source_type === "attachment") return undefined;
  const page = citation.page ? `/page/${citation.page}` : "";
  const second = citation.seconds ? `/at/${citation.seconds[0]}` : "";
  return link(`/documents/${encodeURIComponent(citation.document_id)}${page}${second}`);
}

interface LinkProps extends React.AnchorHTMLAttributes<HTMLAnchorElement> {
  citation: Citation;
  /** Where `addressOfPlace` leads. */
  href: string;
}

/** A link to what is cited; the page it leads to marks the quotation. */
export function CitedLink({ citation, href, children, ...rest }: LinkProps) {
  return (
    <a {...rest} href={href} onClick={() => keepCited(citation)}>
      {children}
    </a>
  );
}

export function CitedPlace({ citation }: { citation: Citation }) {
  const { document_id, seconds, image_url, boxes, title } = citation;
  if (document_id && seconds) {
    const source = citation.source_type === "attachment" ? downloadUrl(document_id) : contentUrl(document_id);
    return <Recording src={source} from={seconds[0]} label={`${title}, from ${clockOf(seconds[0])}`} />;
  }
  if (!image_url) return null;
  const picture = (
    <PageImage
      src={image_url}
      alt={`${capital(placeName(citation))} of ${title}${boxes?.length ? ", the quote marked" : ""}`}
      boxes={boxes}
      cut={Boolean(boxes?.length)}
    >
      {placeName(citation) ? `Open ${placeName(citation)}` : "Open"}
    </PageImage>
  );
  const address = addressOfPlace(citation);
  return address ? (
    <CitedLink
      citation={citation}
      className="cited-page"
      href={address}
      data-testid="cited-page"
      aria-label={`Open ${title}, ${placeName(citation)}`}
    >
      {picture}
    </CitedLink>
  ) : (
    picture
  );
}
