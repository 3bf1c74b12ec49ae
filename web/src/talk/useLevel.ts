/** Loudness of a track as a function (0-1) to be read once per animation frame; no React state, no re-rendering. */

import { createAudioAnalyser, type LocalAudioTrack, type RemoteAudioTrack } from "livekit-client";
import { useEffect, useRef } from "react";

export type ReadLevel = () => number;

export function useLevel(track: LocalAudioTrack | RemoteAudioTrack | undefined): ReadLevel {
  const volume = useRef<(() => number) | undefined>(undefined);
  const read = useRef<ReadLevel>(() => scale(volume.current?.() ?? 0));
  useEffect(() => {
    if (!track) return;
    const { calculateVolume, cleanup } = createAudioAnalyser(track, ANALYSER);
    volume.current = calculateVolume;
    return () => {
      volume.current = undefined;
      void cleanup();
    };
  }, [track]);
  return read.current;
}

/** The library's own range (-100 to -80 dB) is full with any sound at all; this one follows a voice. */
const ANALYSER = { fftSize: 256, smoothingTimeConstant: 0.6, minDecibels: -90, maxDecibels: -25 };

/** The analyser's mean over its bands: room noise stays under 0.08, a raised voice reaches about 0.55. */
function scale(volume: number): number {
  return Math.max(0, Math.min(1, (volume - 0.08) / 0.47));
}

const FRAME_MS = 33;

/** Calls `draw` about thirty times a second: smooth to the eye and light on a machine that also runs the models. */
export function everyFrame(draw: (seconds: number) => void): () => void {
  let handle = 0;
  let last = 0;
  const step = (now: number) => {
    if (now - last >= FRAME_MS) {
      last = now;
      draw(now / 1000);
    }
    handle = requestAnimationFrame(step);
  };
  handle = requestAnimationFrame(step);
  return () => cancelAnimationFrame(handle);
}
