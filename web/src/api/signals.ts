/** Events on `window` that tell every part of the page about signing in and out. */

export const SIGNED_IN = "voiceloop:signed-in";
/** Somebody left, or somebody else came: forget what belongs to a person. */
export const SIGNED_OUT = "voiceloop:signed-out";
/** The session ended by itself: the person may come back, so what they typed stays. */
export const SESSION_OVER = "voiceloop:session-over";
