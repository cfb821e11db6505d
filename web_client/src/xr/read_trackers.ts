/** One frame of WebXR as a sample: the viewer's pose, the grips of both hands or controllers, and the fingers. */

import { TRACKER_FLOATS } from "../protocol/media";
import { readFingers } from "./fingers";
import type { Sample } from "./trackers";

const SLOT: Record<string, number> = { left: 8, right: 16 };

/** 24 floats, and with fingers 120 more; null while the headset does not know where it is. */
export function readTrackers(frame: XRFrame, space: XRReferenceSpace, fingers: boolean): Sample | null {
  const viewer = frame.getViewerPose(space);
  if (!viewer) return null;
  const sample = emptySample();
  write(sample, 0, viewer.transform);
  for (const source of frame.session.inputSources) {
    const slot = SLOT[source.handedness];
    if (slot === undefined || !source.gripSpace) continue;
    const pose = frame.getPose(source.gripSpace, space);
    if (pose) write(sample, slot, pose.transform);
  }
  return fingers ? Float32Array.from([...sample, ...readFingers(frame, space)]) : sample;
}

function emptySample(): Sample {
  const sample = new Float32Array(TRACKER_FLOATS);
  for (const device of [0, 8, 16]) sample[device + 6] = 1;
  return sample;
}

function write(sample: Sample, at: number, transform: XRRigidTransform): void {
  const { position: p, orientation: q } = transform;
  sample.set([p.x, p.y, p.z, q.x, q.y, q.z, q.w, 1], at);
}
