import { Quaternion } from "three";
import { describe, expect, test } from "vitest";
import { Blinker } from "../src/avatar/blink";
import { BodyMixer } from "../src/avatar/body_mixer";
import { boneOfName } from "../src/avatar/bone_names";
import { angleAt } from "../src/avatar/feet";
import { aimAt } from "../src/avatar/gaze";
import { restRelative } from "../src/avatar/glb_humanoid";
import { MouthTrack, vrmMouth, VISEME_NAMES } from "../src/avatar/mouth";
import { addOffset, emptyPose, type Pose, poseOffset, slerpPose } from "../src/avatar/pose";
import { PoseTrack } from "../src/avatar/pose_track";
import { RelaxedBody } from "../src/avatar/relaxed";
import { BONES } from "../src/protocol/bones";
import { POSE_FLOATS } from "../src/protocol/media";
import { readVectors } from "./vectors";

const HAND = 3 + 4 * BONES.indexOf("rightHand");
const turned = (degrees: number, x = 0): Pose => {
  const pose = emptyPose();
  pose[0] = x;
  const half = (degrees * Math.PI) / 360;
  pose.set([0, 0, Math.sin(half), Math.cos(half)], HAND);
  return pose;
};
const degreesOf = (pose: Pose): number => (2 * Math.atan2(pose[HAND + 2] ?? 0, pose[HAND + 3] ?? 1) * 180) / Math.PI;
const rows = (...poses: Pose[]): Float32Array<ArrayBuffer> => Float32Array.from(poses.flatMap((pose) => [...pose]));

describe("poses", () => {
  test("halfway between two is half the turn and half the way, whichever sign a quaternion has", () => {
    const out = emptyPose();
    const to = turned(80, 2);
    for (let k = 0; k < 4; k++) to[HAND + k] = -(to[HAND + k] ?? 0);
    slerpPose(out, turned(0), to, 0.5);
    expect(degreesOf(out)).toBeCloseTo(40, 3);
    expect(out[0]).toBe(1);
  });

  test("an offset in full gives the pose it came from, none of it gives the other", () => {
    const out = emptyPose();
    const offset = poseOffset(turned(70, 1), turned(10));
    addOffset(out, offset, turned(10), 1);
    expect(degreesOf(out)).toBeCloseTo(70, 3);
    addOffset(out, offset, turned(10), 0);
    expect(degreesOf(out)).toBeCloseTo(10, 3);
  });

  test("a track is read between its poses, held beyond them, and overwritten where it overlaps", () => {
    const track = new PoseTrack();
    const out = emptyPose();
    expect(track.read(0, 24000, out)).toBe(false);
    track.push(0, rows(turned(0), turned(10), turned(20)), 800);
    track.push(1600, rows(turned(40)), 800);
    const at = (sample: number): number => (track.read(sample, 24000, out), degreesOf(out));
    expect([at(-500), at(400), at(1200), at(9999)].map(Math.round)).toEqual([0, 5, 25, 40]);
  });
});

test("a track that nobody reads forgets what lies behind, but for its last pose", () => {
  const track = new PoseTrack();
  track.push(0, rows(turned(0), turned(10), turned(20)), 800);
  track.forget(800);
  expect([track.first, track.last]).toEqual([800, 1600]);
  track.forget(9000);
  expect([track.first, track.last]).toEqual([1600, 1600]);
});

describe("body mixer", () => {
  const make = (): BodyMixer => new BodyMixer(24000, 30, new RelaxedBody(BONES));
  const second = (degrees: number): Float32Array<ArrayBuffer> => rows(...Array.from({ length: 30 }, () => turned(degrees)));

  test("stands at ease until motion comes, idles, plays the reply by what is heard, and idles again", () => {
    const mixer = make();
    mixer.update(0, -Infinity);
    expect(mixer.source).toBe("relaxed");
    mixer.pushIdle(0, second(5), 1);
    mixer.update(1.2, -Infinity);
    expect(mixer.source).toBe("idle");
    mixer.pushReply(1, 0, second(50));
    mixer.update(1.3, -1);
    mixer.update(1.9, 100);
    expect(mixer.source).toBe("reply");
    expect(degreesOf(mixer.shown)).toBeCloseTo(50, 3);
    mixer.pushIdle(36000, second(8), 2.3);
    mixer.update(2.6, 26000);
    mixer.update(3, 26000);
    expect(mixer.source).toBe("idle");
    expect(degreesOf(mixer.shown)).toBeCloseTo(8, 3);
  });

  test("never jumps: at every change of source the body moves on from where it was shown", () => {
    const mixer = make();
    mixer.pushReply(1, 0, second(80));
    let before: number | null = null;
    let largest = 0;
    for (let frame = 0; frame < 240; frame++) {
      const now = frame / 60;
      const heard = now < 1 ? -Infinity : (now - 1) * 24000;
      if (frame === 150) mixer.endReply(1);
      const degrees = degreesOf(mixer.update(now, heard));
      if (before !== null) largest = Math.max(largest, Math.abs(degrees - before));
      before = degrees;
    }
    expect(largest).toBeGreaterThan(1);
    expect(largest).toBeLessThan(9); // 80 degrees in 0.25 s at 60 frames a second, eased
  });

  test("a reply that was cut off shows no more of its poses", () => {
    const mixer = make();
    mixer.pushReply(1, 0, second(50));
    mixer.update(0, 0);
    mixer.endReply(1);
    mixer.pushReply(1, 24000, second(90));
    mixer.update(0.5, 1000);
    mixer.update(1, 25000);
    expect(mixer.source).not.toBe("reply");
  });
});

describe("face and gaze", () => {
  test("the mouth is closed while nothing was heard yet", () => {
    const weights = new MouthTrack(960).read(0, -Infinity);
    expect([...weights]).toEqual(VISEME_NAMES.map((name) => (name === "sil" ? 1 : 0)));
  });

  test("a row of mouth shapes is reached in its middle and blended towards the next", () => {
    const track = new MouthTrack(960);
    const payload = new Uint8Array(30);
    payload[VISEME_NAMES.indexOf("aa")] = 255;
    payload[15 + VISEME_NAMES.indexOf("ou")] = 255;
    track.push(1, 9600, payload);
    const read = (sample: number): number[] => [...track.read(1, sample)].map((w) => Math.round(100 * w));
    expect(read(9600 + 480)[VISEME_NAMES.indexOf("aa")]).toBe(100);
    expect([read(9600 + 960)[10], read(9600 + 960)[14]]).toEqual([50, 50]);
    expect(read(0)[0]).toBe(100);
    expect([...track.read(2, 9600 + 480)][0]).toBe(1);
  });

  test("VRM's five mouths are the sums that the protocol names", () => {
    const weights = new Float32Array(15);
    weights[VISEME_NAMES.indexOf("SS")] = 1;
    expect(vrmMouth(weights)).toEqual({ aa: 0, ih: expect.closeTo(0.35, 5), ou: 0, ee: 0, oh: 0 });
  });

  test("eyes close fully in every blink and stay open between", () => {
    const blinker = new Blinker(() => 0.5);
    const values = Array.from({ length: 1200 }, (_, i) => blinker.read(i / 60));
    const blinks = values.filter((value, i) => value > 0.9 && (values[i - 1] ?? 0) <= 0.9).length;
    expect(blinks).toBeGreaterThanOrEqual(4);
    expect(values.filter((value) => value === 0).length).toBeGreaterThan(1000);
  });

  test("the head turns to the side of its target, within limits, and not to what is behind", () => {
    expect(aimAt(1, 0, 1).yaw).toBeCloseTo(Math.PI / 4);
    expect(aimAt(0, 5, 1).pitch).toBe(0.45);
    expect(aimAt(10, 0, 1).yaw).toBe(0.9);
    expect(aimAt(0.1, 0, -1)).toEqual({ yaw: 0, pitch: 0 });
  });
});

describe("rigs", () => {
  const { vectors } = readVectors<{ name: string; relative: number[]; rest_local: number[]; parent_rest_world: number[]; local: number[] }>("geometry/rest_relative.json");

  test.each(vectors)("rotations relative to the rest pose: $name", (v) => {
    const out = new Quaternion();
    const q = (xyzw: number[]): Quaternion => new Quaternion().fromArray(xyzw);
    restRelative(out, q(v.relative), q(v.parent_rest_world), q(v.rest_local));
    expect(Math.abs(out.dot(q(v.local)))).toBeCloseTo(1, 6);
  });

  test.each([
    ["mixamorig:LeftForeArm", "leftLowerArm"],
    ["mixamorigRightUpLeg", "rightUpperLeg"],
    ["LeftHandIndex1", "leftIndexProximal"],
    ["upper_arm.L", "leftUpperArm"],
    ["thigh_r", "rightUpperLeg"],
    ["Hips", "hips"],
    ["rightThumbMetacarpal", "rightThumbMetacarpal"],
    ["leftLittleDistal", "leftLittleDistal"],
    ["Spine2", "upperChest"],
    ["Camera", null],
  ])("a node named %s is %s", (name, bone) => {
    expect(boneOfName(name)).toBe(bone);
  });

  test("every bone of the wire is found under its own name", () => {
    expect(BONES.map(boneOfName)).toEqual(BONES);
  });

  test("a knee bends to the inner angle of its triangle", () => {
    expect(angleAt(0.4, 0.4, 0.8)).toBeCloseTo(Math.PI);
    expect(angleAt(3, 4, 5)).toBeCloseTo(Math.PI / 2);
  });

  test("a body at ease is a whole pose of unit rotations with its arms down", () => {
    const out = emptyPose();
    new RelaxedBody(BONES).write(out, 3.3);
    for (let i = 3; i < POSE_FLOATS; i += 4) expect(Math.hypot(...out.subarray(i, i + 4))).toBeCloseTo(1, 5);
    expect(out[3 + 4 * BONES.indexOf("leftUpperArm") + 2]).toBeLessThan(-0.5);
  });
});
