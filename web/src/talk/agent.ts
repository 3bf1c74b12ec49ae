/** The assistant among those in a room. */

import { ParticipantKind, RemoteAudioTrack, type RemoteParticipant, type Room, Track } from "livekit-client";

/** Not the avatar or the like that publishes on its behalf. */
export function agentIn(room: Room): RemoteParticipant | undefined {
  const others = [...room.remoteParticipants.values()];
  return others.find((one) => one.kind === ParticipantKind.AGENT && !("lk.publish_on_behalf" in one.attributes));
}

export function trackOf(agent: RemoteParticipant | undefined): RemoteAudioTrack | undefined {
  const track = agent?.getTrackPublication(Track.Source.Microphone)?.track;
  return track instanceof RemoteAudioTrack ? track : undefined;
}
