/** Opens the microphone and explains in plain words why it could not. */

import { createLocalAudioTrack, type LocalAudioTrack } from "livekit-client";

export type MicAnswer = { track: LocalAudioTrack } | { problem: string };

export async function openMicrophone(deviceId: string | undefined): Promise<MicAnswer> {
  if (!navigator.mediaDevices?.getUserMedia) {
    return { problem: "Browsers allow the microphone only on localhost or https. You can still type." };
  }
  try {
    const track = await createLocalAudioTrack({
      deviceId,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    });
    return { track };
  } catch (error) {
    return { problem: whyNoMicrophone(error) };
  }
}

export function whyNoMicrophone(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") {
    return "The microphone is blocked for this page. Allow it in the address bar to speak; until then you can type.";
  }
  if (name === "NotFoundError" || name === "OverconstrainedError") {
    return "No microphone was found. Plug one in to speak; until then you can type.";
  }
  if (name === "NotReadableError" || name === "AbortError") {
    return "Another program is using the microphone. Close it to speak; until then you can type.";
  }
  return "The microphone could not be opened. You can still type.";
}

/** Gives back a microphone that turned out not to be needed. */
export async function discard(opening: Promise<MicAnswer> | undefined): Promise<void> {
  const answer = await opening;
  if (answer && "track" in answer) answer.track.stop();
}
