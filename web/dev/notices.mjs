/** The mock's notices, briefing and "sync now". Saving the settings sends a notice, so that one can be looked at. */

import { at } from "./samples.mjs";

const days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const settings = {
  briefing_at: "07:00",
  briefing_days: days,
  briefing_by: ["mail"],
  heads_up_min: 10,
  conflicts: true,
  travel: false,
  notices_by: ["page"],
  quiet_from: "20:00",
  quiet_to: "07:00",
  quiet_heads_up: false,
};
const notice = (id, kind, text, event_id, start) => ({ id, kind, text, event_id, at: start, created_at: at(0, 8, 50) });
const notices = [
  notice("n1", "starting_soon", "Team standup begins in ten minutes.", "e1", at(0, 9)),
  notice("n2", "double_booked", "You are double-booked: Quarterly planning and Call with Dr. Meyer.", "e5", at(2, 14)),
];

export function noticeRoutes(tell, events) {
  const list = "/api/calendar/notices";
  return [
    ["GET", new RegExp(`^${list}$`), () => [200, { items: notices, next_cursor: null }]],
    ["GET", new RegExp(`^${list}/settings$`), () => [200, settings]],
    [
      "PUT",
      new RegExp(`^${list}/settings$`),
      (_m, body) => {
        const told = notice(
          "n3",
          "travel",
          "Leave for the Harbour Café now: it is twenty minutes away.",
          "e2",
          at(0, 13),
        );
        if (!notices.includes(told)) notices.unshift(told);
        tell("calendar.notice", { id: told.id, kind: told.kind, event: told.event_id, text: told.text, at: told.at });
        return [200, Object.assign(settings, JSON.parse(body))];
      },
    ],
    ["GET", /^\/api\/calendar\/briefing$/, (_m, _b, query) => [200, briefing(query.get("date"), events())]],
    ["POST", /^\/api\/calendar\/sync$/, () => [204, undefined]],
  ];
}

function briefing(asked, events) {
  const date = asked ?? at(0, 12).slice(0, 10);
  const list = events.filter((one) => !one.all_day && one.start.startsWith(date));
  const names = list.map((one) => one.summary).join(", then ");
  return {
    date,
    timezone: "Europe/Berlin",
    spoken: list.length > 0 ? `On that day there is ${names}.` : "Nothing is on that day.",
    events: list,
    over: 0,
    gaps: [{ start: at(0, 10), end: at(0, 13) }],
    double_booked: list.length > 2 ? [`${list[0].summary} and ${list[1].summary} are at the same time.`] : [],
    travel: [],
  };
}
