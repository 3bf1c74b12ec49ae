/** Text streams of the room: `lk.transcription` becomes captions, `voiceloop.*` become cards. */

import type { Room, TextStreamReader } from "livekit-client";
import { addChunk, type Caption, endStream, type Speaker } from "./captions";
import { type Card, cardFromTopic } from "./cards";

const CARD_TOPICS = ["voiceloop.citations", "voiceloop.confirmation", "voiceloop.event", "voiceloop.capture"];

interface Sink {
  captions: (change: (captions: readonly Caption[]) => Caption[]) => void;
  card: (card: Card) => void;
}

export function readStreams(room: Room, sink: Sink): void {
  let streams = 0;
  room.registerTextStreamHandler("lk.transcription", (reader, from) => {
    streams += 1;
    const who: Speaker = from.identity === room.localParticipant.identity ? "user" : "agent";
    void readCaption(reader, who, streams, sink);
  });
  for (const topic of CARD_TOPICS) {
    room.registerTextStreamHandler(topic, async (reader) => {
      const card = cardFromTopic(topic, parse(await reader.readAll().catch(() => "")));
      if (card) sink.card(card);
    });
  }
}

async function readCaption(reader: TextStreamReader, who: Speaker, stream: number, sink: Sink): Promise<void> {
  const segment = reader.info.attributes?.["lk.segment_id"] ?? reader.info.id;
  const at = Date.now();
  try {
    for await (const text of reader) {
      sink.captions((captions) => addChunk(captions, { segment, stream, who, text, at }));
    }
  } catch {
    // The speaker left in the middle of a line: what was heard stays.
  }
  // The assistant's line is one stream: its end is the end of the line. The caller's says itself whether it is final.
  const final = who === "agent" || reader.info.attributes?.["lk.transcription_final"] === "true";
  sink.captions((captions) => endStream(captions, segment, stream, final));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
