/** Sample rows for the mock: shaped like the sidecar's answers, dated around today. */

export const at = (days, hour, minute = 0) => {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, minute).toISOString();
};
const monday = -((new Date().getDay() + 6) % 7);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const me = {
  user: {
    id: "u1",
    name: "Ada Berg",
    email: "ada@harbour.example",
    role: "owner",
    has_password: !process.env.MOCK_NO_PASSWORD,
  },
  tenant: { id: "t1", name: "Harbour House", slug: "demo", timezone: "Europe/Berlin" },
  scopes: (
    "audit:read calendar:read calendar:write calls conversations:read conversations:write documents:read " +
    "documents:write keys:read keys:write members:read members:write personas:write tenant:write tenants"
  ).split(" "),
  agent: { name: "voiceloop" },
  limits: { upload_bytes: 25 * 1024 * 1024 },
};

const nineToSix = [["09:00", "18:00"]];
const usualHours = {
  timezone: "Europe/Berlin",
  ...Object.fromEntries(["mon", "tue", "wed", "thu", "fri"].map((day) => [day, nineToSix])),
  sat: [
    ["10:00", "13:00"],
    ["15:00", "18:00"],
  ],
};

export const personas = [
  ["assistant", "Assistant", true],
  ["receptionist", "Receptionist", false],
  ["real-estate", "Real estate", false],
  ["clinical", "Clinical", false],
].map(([slug, name, is_default]) => ({
  id: slug,
  slug,
  name,
  kind: slug,
  language: "en",
  greeting: "Hello, this is Harbour House. How can I help?",
  voice: "joe",
  prompt:
    "You answer the phone of Harbour House, a small hotel by the sea.\nBe warm and brief: one or two sentences.\nName the document and page when you quote the handbook.\nNever promise a room; say that a colleague confirms it.",
  toolsets: ["calendar", "knowledge"],
  is_default,
  business_hours: slug === "receptionist" ? usualHours : {},
  escalation_contacts: slug === "receptionist" ? [{ name: "Tom Lind", phone: "+493012345" }] : [],
  limits: { call_minutes: 30 },
  version: slug === "receptionist" ? 3 : 1,
  updated_at: at(-1, 14, 5),
  deleted_at: null,
}));

const event = (id, day, from, to, summary, more) => ({
  id,
  calendar_id: "c1",
  summary,
  start: at(monday + day, Math.floor(from), (from % 1) * 60),
  end: at(monday + day, Math.floor(to), (to % 1) * 60),
  timezone: zone,
  all_day: false,
  attendees: [],
  location: "",
  description: "",
  ...more,
});

export const events = () => [
  event("e1", 0, 9, 9.5, "Team standup"),
  event("e2", 0, 13, 14.5, "Lunch with Anna", { attendees: ["Anna Berg"], location: "Harbour Café" }),
  event("e3", 1, 10, 11, "Viewing: Pier Street 4"),
  event("e4", 2, 9, 9.5, "Team standup"),
  event("e5", 2, 14, 16, "Quarterly planning", { location: "Garden room" }),
  event("e6", 2, 15, 15.75, "Call with Dr. Meyer"),
  event("e7", 3, 11, 12, "Supplier visit"),
  event("e8", 4, 15, 15.5, "Meeting with Tom", { attendees: ["Tom"], description: "Booked by voice." }),
  event("e9", 5, 10, 12, "Open house"),
];

const cite = { id: "ci1", number: 1, document_id: "f1", title: "Harbour House handbook", page: 2, place: "page 2" };
const quote = "Breakfast is served from 7 to 10 in the garden room. On Sundays it is served until 11.";

const waits = { turns: 4, median_ms: 690, p95_ms: 2110 };

export const conversations = [
  ["k1", 0, "What time is breakfast?", 94, 8],
  ["k2", -1, "Book a meeting with Tom on Friday at three.", 61, 6],
  ["k3", -1, "Can I charge my car at the hotel, and what does it cost?", 128, 11],
].map(([id, day, preview, duration_s, message_count]) => ({
  id,
  persona: "assistant",
  channel: "voice",
  status: "ended",
  started_at: at(day, 10, 12),
  ended_at: at(day, 10, 14),
  duration_s,
  room_name: "room",
  preview,
  message_count,
  waits,
}));

const said = (id, role, text, more) => ({
  id,
  role,
  text,
  created_at: at(0, 10, 12),
  tool_calls: [],
  citations: [],
  ...more,
});
const took = (to_transcript, to_decision, to_words, to_voice, more) => ({
  latency_ms: {
    heard: to_transcript + to_decision + to_words + to_voice + 45,
    to_transcript,
    to_decision,
    to_words,
    to_voice,
    to_sound: 45,
    ...more,
  },
});
const noted = [1, 2, 3, 4, 6, 7, 8, 11, 12, 13, 14, 15].map((ago) => ({
  day: at(-ago, 12).slice(0, 10),
  turns: 9 + ((ago * 7) % 23),
  median_ms: 560 + ((ago * 37) % 180),
  p95_ms: 900 + ((ago * 131) % 700),
}));
export const latency = { turns: 214, median_ms: 640, p95_ms: 1310, timezone: "UTC", items: noted.reverse() };

export const messages = [
  said("m1", "assistant", "Hello, this is Harbour House. How can I help?", {}),
  said("m2", "user", "What time is breakfast?", { intent: "knowledge_question", confidence: 0.93 }),
  said("m3", "assistant", "According to the Harbour House handbook, page 2: breakfast is served from 7 to 10.", {
    ...took(420, 140, 60, 190),
    citations: [{ ...cite, quote, relevance: 91 }],
    tool_calls: [{ name: "search_knowledge", arguments: { question: "What time is breakfast?" }, result: quote }],
  }),
  said("m3a", "user", "What is my room number?", { intent: "knowledge_question", confidence: 0.9 }),
  said("m3b", "assistant", "According to the booking confirmation you sent, page 1: your room number is 214.", {
    ...took(400, 130, 70, 180),
    citations: [
      {
        id: "ci2",
        number: 1,
        document_id: "a1",
        source_type: "attachment",
        title: "Booking confirmation.pdf",
        page: 1,
        place: "page 1",
        quote: "Your room number is 214 on the second floor.",
        boxes: [[0.08, 0.12, 0.75, 0.16]],
        relevance: 93,
      },
    ],
  }),
  said("m4", "user", "Book a meeting with Tom on Friday at three.", { intent: "book_event", confidence: 0.97 }),
  said("m5", "assistant", "I have a meeting with Tom on Friday at 3 PM for 30 minutes. Shall I book it?", {
    ...took(310, 480, 990, 210, { first_sound: 1120 }),
    tool_calls: [
      {
        name: "book_event",
        arguments: { title: "Meeting with Tom", start: "2026-11-27T15:00", duration_min: 30 },
        result: "Pending.",
      },
    ],
  }),
  said("m6", "user", "Yes please.", { intent: "confirm", confidence: 0.99 }),
  said("m7", "assistant", "Done. Meeting with Tom is booked for Friday at 3 PM.", {
    ...took(380, 110, 40, 170, { to_silence: 340 }),
    interrupted: true,
  }),
];
