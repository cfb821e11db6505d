/** The order of bones in a pose of protocol 1.0; `streams.motion.bones` of every session says the same. */

export const BONES: readonly string[] = [
  "hips", "leftUpperLeg", "rightUpperLeg", "spine", "leftLowerLeg", "rightLowerLeg", "chest", "leftFoot",
  "rightFoot", "upperChest", "leftToes", "rightToes", "neck", "leftShoulder", "rightShoulder", "head",
  "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm", "leftHand", "rightHand", "jaw", "leftEye",
  "rightEye", "leftIndexProximal", "leftIndexIntermediate", "leftIndexDistal", "leftMiddleProximal",
  "leftMiddleIntermediate", "leftMiddleDistal", "leftLittleProximal", "leftLittleIntermediate", "leftLittleDistal",
  "leftRingProximal", "leftRingIntermediate", "leftRingDistal", "leftThumbMetacarpal", "leftThumbProximal",
  "leftThumbDistal", "rightIndexProximal", "rightIndexIntermediate", "rightIndexDistal", "rightMiddleProximal",
  "rightMiddleIntermediate", "rightMiddleDistal", "rightLittleProximal", "rightLittleIntermediate", "rightLittleDistal",
  "rightRingProximal", "rightRingIntermediate", "rightRingDistal", "rightThumbMetacarpal", "rightThumbProximal",
  "rightThumbDistal",
];
