/** Line icons, drawn on a 24-unit grid; decoration only, the words are in the element that holds them. */

import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

const line = (d: string) => () => (
  <Icon>
    <path d={d} />
  </Icon>
);

export const LoopIcon = line("M3 12c3-8 6-8 9 0s6 8 9 0M3 12c3 8 6 8 9 0s6-8 9 0");
export const DocumentIcon = line(
  "M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8l-5-5ZM14 3v5h5M9 13h6M9 17h4",
);
export const CalendarIcon = line(
  "M6 5h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM4 10h16M8 3v4M16 3v4",
);
export const ChatIcon = line(
  "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2ZM8 10h8M8 13h5",
);
export const MicIcon = line(
  "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3",
);
export const ClosedMicIcon = line(
  "M4 4l16 16M9 9v3a3 3 0 0 0 4.600 2.550M15 11V6a3 3 0 0 0-5.700-1.300M5.500 11.500a6.500 6.500 0 0 0 10.300 5.300M18.500 11.500c0 .9-.2 1.800-.5 2.600M12 18v3",
);
export const HangUpIcon = line(
  "M3 14.500c0-1 .3-1.800 1-2.500 4.500-4 11.500-4 16 0 .7.700 1 1.500 1 2.500v1.200a1 1 0 0 1-1.200 1l-3.200-.7a1 1 0 0 1-.8-1v-1.800a11 11 0 0 0-7.600 0V15a1 1 0 0 1-.8 1l-3.200.7A1 1 0 0 1 3 15.700Z",
);
export const SendIcon = line("M12 19V5M6 11l6-6 6 6");
export const KeyboardIcon = line(
  "M4 7h16a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1ZM7 11h.01M11 11h.01M15 11h.01M8 14h8",
);
export const BookIcon = line(
  "M12 6c-2-1.500-4.500-2-8-2v14c3.500 0 6 .5 8 2 2-1.500 4.500-2 8-2V4c-3.500 0-6 .5-8 2ZM12 6v14",
);
export const CheckIcon = line("M5 12.500l4.500 4.500L19 7.500");
export const CloseIcon = line("M6 6l12 12M18 6L6 18");
export const QuestionIcon = line(
  "M9.200 9a3 3 0 1 1 4.300 2.700c-1 .5-1.500 1.200-1.500 2.300M12 17.500h.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
);
export const BellIcon = line("M6 16V11a6 6 0 0 1 12 0v5l1.500 2h-15ZM10 20.500a2.200 2.200 0 0 0 4 0");
export const ClockIcon = line("M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.500V12l3 2");
export const UploadIcon = line("M12 15V4M7.500 8.500L12 4l4.500 4.500M4 15v3a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-3");
export const TrashIcon = line(
  "M4 7h16M9 7V4h6v3M6.500 7l.8 12a1.500 1.500 0 0 0 1.500 1.400h6.400a1.500 1.500 0 0 0 1.500-1.400l.8-12M10 11v6M14 11v6",
);
export const SearchIcon = line("M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.500 4.500");
export const LeftIcon = line("M14.500 5l-7 7 7 7");
export const RightIcon = line("M9.500 5l7 7-7 7");
export const SunIcon = line(
  "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M5.300 18.700l1.400-1.400M17.300 6.700l1.400-1.400",
);
export const MoonIcon = line("M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500Z");
export const ToolIcon = line(
  "M14.500 6.500a4 4 0 0 1 5-1.500l-2.500 2.500 1 2 2 .5L22 7.500a4 4 0 0 1-5.500 4.800L8 20.500 3.500 16l8.200-8.500",
);
export const PersonaIcon = line(
  "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.500 20.500c.8-3.600 3.900-5.500 7.500-5.500s6.700 1.900 7.500 5.500M19 4.500c1 1.200 1 3.300 0 4.500M21.500 3c1.800 2.300 1.800 5.200 0 7.500",
);
export const SettingsIcon = line("M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4M4 12h12M18 10v4");
export const MoreIcon = line("M5 12h.01M12 12h.01M19 12h.01");
export const PlusIcon = line("M12 5v14M5 12h14");
export const KeyIcon = line(
  "M8 11.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7ZM10.500 12.500L19 4M15.500 7.500l2.500 2.500",
);
export const PeopleIcon = line(
  "M9 5a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7ZM2.500 20c.6-3 3.200-4.800 6.500-4.800s5.900 1.800 6.500 4.800M16 5.300a3.500 3.500 0 0 1 0 6.400M18 15.700c1.900.7 3.100 2.200 3.500 4.300",
);
export const HistoryIcon = line("M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500M12 8v4.500l3 1.500");
export const HouseIcon = line("M5 20V9l7-5 7 5v11ZM10 20v-5h4v5");
export const LeaveIcon = line("M10 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h4M15 8l4 4-4 4M19 12H9");
export const DownIcon = line("M5 9l7 7 7-7");
export const WarningIcon = line("M12 4L2.500 20h19ZM12 10v4.500M12 17.300h.01");
export const SoundIcon = line("M4 10v4M8 7v10M12 4v16M16 8v8M20 10.500v3");
export const PlayIcon = line("M8 5l11 7-11 7Z");
export const DownloadIcon = line("M12 4v11M7.500 10.500L12 15l4.500-4.500M4 17v1a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-1");
export const AgainIcon = line("M20 12a8 8 0 1 1-2.500-5.800L20 8.500M20 4v4.500h-4.500");
export const FolderIcon = line(
  "M3 18V7a1.500 1.500 0 0 1 1.500-1.500H9l2 2.500h8.500A1.500 1.500 0 0 1 21 9.500V18a1.500 1.500 0 0 1-1.500 1.500h-15A1.500 1.500 0 0 1 3 18Z",
);
export const ClipIcon = line(
  "M19.500 11.500l-7.700 7.700a4.700 4.700 0 0 1-6.600-6.600l8.200-8.200a3.100 3.100 0 0 1 4.400 4.400l-8.200 8.200a1.500 1.500 0 0 1-2.200-2.200l7.400-7.400",
);
export const CopyIcon = line("M9 9h10v11H9ZM5 15V4h10v2");
export const EditIcon = line("M4 20l1-4.500L16.500 4 20 7.500 8.500 19ZM14 6.500L17.500 10");
