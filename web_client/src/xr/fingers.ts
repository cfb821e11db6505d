/** The fingers of tracked hands as turns of a humanoid's finger bones. WebXR has joints of 25 points; 15 bones follow from them. */

import { Quaternion, Vector3 } from "three";
import { FINGER_FLOATS } from "../protocol/media";

const SIDES = ["left", "right"] as const;
// Bones in the wire's order, each from its joint to the next.
const CHAINS: readonly (readonly XRHandJoint[])[] = [
  ["index-finger-phalanx-proximal", "index-finger-phalanx-intermediate", "index-finger-phalanx-distal", "index-finger-tip"],
  ["middle-finger-phalanx-proximal", "middle-finger-phalanx-intermediate", "middle-finger-phalanx-distal", "middle-finger-tip"],
  ["pinky-finger-phalanx-proximal", "pinky-finger-phalanx-intermediate", "pinky-finger-phalanx-distal", "pinky-finger-tip"],
  ["ring-finger-phalanx-proximal", "ring-finger-phalanx-intermediate", "ring-finger-phalanx-distal", "ring-finger-tip"],
  ["thumb-metacarpal", "thumb-phalanx-proximal", "thumb-phalanx-distal", "thumb-tip"],
];
const FINGER: readonly Vector3[] = [new Vector3(1, 0, 0), new Vector3(1, 0, 0), new Vector3(1, 0, 0)];
/** Where the left hand's bones point in the T-pose of the skeleton that poses are made for. */
const REST: readonly (readonly Vector3[])[] = [
  FINGER, FINGER, FINGER, FINGER,
  [new Vector3(0.546, 0.064, 0.835).normalize(), new Vector3(0.769, -0.146, 0.622).normalize(), new Vector3(0.769, -0.146, 0.622).normalize()],
];
/** A wrist joint looks along its -Z to the fingers, +Y is the back of the hand: its turn in the T-pose, palms down. */
const WRIST_REST = {
  left: new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), -Math.PI / 2),
  right: new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), Math.PI / 2),
};

export type JointPlace = (joint: XRHandJoint) => { position: Vector3; turn: Quaternion } | null;

/** Turns of one hand's fifteen bones into `out` at `at`; left as they are when a joint is not seen. */
export function writeFingers(out: Float32Array, at: number, side: (typeof SIDES)[number], place: JointPlace): void {
  const wrist = place("wrist");
  const chains = CHAINS.map((chain) => chain.flatMap((joint) => place(joint)?.position ?? []));
  if (!wrist || chains.some((chain) => chain.length < 4)) return;
  const hand = wrist.turn.clone().multiply(WRIST_REST[side].clone().invert());
  chains.forEach((points, finger) => {
    const parent = hand.clone();
    REST[finger]?.forEach((rest, bone) => {
      const [from, to] = [points[bone], points[bone + 1]];
      if (!from || !to) return;
      const goal = to.clone().sub(from).normalize().applyQuaternion(parent.clone().invert());
      const turn = new Quaternion().setFromUnitVectors(mirrored(rest, side), goal);
      parent.multiply(turn);
      turn.toArray(out, at + 4 * (3 * finger + bone));
    });
  });
}

/** The fingers of both hands of a frame. */
export function readFingers(frame: XRFrame, space: XRReferenceSpace): Float32Array<ArrayBuffer> {
  const out = new Float32Array(FINGER_FLOATS);
  for (const { hand, handedness } of frame.session.inputSources) {
    if (hand && handedness !== "none") writeFingers(out, handedness === "left" ? 0 : FINGER_FLOATS / 2, handedness, placesOf(frame, hand, space));
  }
  return out;
}

function placesOf(frame: XRFrame, hand: XRHand, space: XRReferenceSpace): JointPlace {
  return (name) => {
    const joint = hand.get(name);
    const pose = joint && frame.getJointPose?.(joint, space);
    if (!pose) return null;
    const { position: p, orientation: q } = pose.transform;
    return { position: new Vector3(p.x, p.y, p.z), turn: new Quaternion(q.x, q.y, q.z, q.w) };
  };
}

function mirrored(rest: Vector3, side: (typeof SIDES)[number]): Vector3 {
  return side === "left" ? rest : new Vector3(-rest.x, rest.y, rest.z);
}
