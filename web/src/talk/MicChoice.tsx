/** Which microphone to use; the names appear once the browser has given access. */

import { useMediaDeviceSelect } from "@livekit/components-react";
import { talk } from "./useTalk";

export function MicChoice() {
  const { devices, activeDeviceId, setActiveMediaDevice } = useMediaDeviceSelect({
    kind: "audioinput",
    room: talk.room,
  });
  const named = devices.filter((device) => device.deviceId);
  if (named.length === 0) return null;
  return (
    <label className="mic-choice">
      <span className="visually-hidden">Microphone</span>
      <select
        value={named.some((device) => device.deviceId === activeDeviceId) ? activeDeviceId : named[0]?.deviceId}
        onChange={(change) => {
          talk.rememberMicrophone(change.target.value);
          void setActiveMediaDevice(change.target.value);
        }}
      >
        {named.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `Microphone ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
