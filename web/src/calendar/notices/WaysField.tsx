/** How something comes: in the page, by mail, or both. */

import type { Way } from "../../api/notices";
import { Chips } from "../editor/Chips";

interface Props {
  legend: string;
  testid: string;
  value: Way[];
  onChange: (value: Way[]) => void;
}

const NAMES: Record<Way, string> = { page: "In the page", mail: "By mail" };

export function WaysField({ legend, testid, value, onChange }: Props) {
  const options = (["page", "mail"] as const).map((way) => ({
    value: way,
    name: NAMES[way],
    testid: `${testid}-by-${way}`,
  }));
  return <Chips legend={legend} options={options} chosen={value} onChange={onChange} />;
}
