import { describe, expect, test } from "vitest";
import { Object3D, Quaternion, Vector3 } from "three";
import { BodyMixer } from "../src/avatar/body_mixer";
import type { Humanoid } from "../src/avatar/humanoid";
import { emptyPose, type Pose } from "../src/avatar/pose";
import { wrapText } from "../src/xr/caption_board";
import { type JointPlace, writeFingers } from "../src/xr/fingers";
import { Mirror } from "../src/xr/mirror";
import { CLOSEST_M, inFrontOf, placementOf, pushBack, stageFor } from "../src/xr/placement";
import { type Sample, TrackerClock, trackerPayload } from "../src/xr/trackers";

describe("placement", () => {
  test("a character in front of the user faces them, and the user stands straight ahead of it", () => {
    const user = { x: 1, z: -2, heading: 0.7 };
    const character = inFrontOf(user, 1.4);
    expect(placementOf(user, character)).toEqual({
      distance_m: expect.closeTo(1.4), bearing_rad: expect.closeTo(0), facing_rad: expect.closeTo(0),
    });
  });

  test("bearing counts to the character's left, facing to the user's", () => {
    const character = { x: 0, z: 0, heading: 0 };
    const placement = placementOf({ x: 2, z: 0, heading: -Math.PI / 2 + 0.2 }, character);
    expect(placement.bearing_rad).toBeCloseTo(Math.PI / 2);
    expect(placement.facing_rad).toBeCloseTo(0.2);
  });

  test("the stage is turned and moved so that who stands on it stands where they should", () => {
    const inside = { x: 0.4, z: 1.1, heading: 0.5 };
    const wanted = { x: -1, z: 2, heading: -2 };
    const stage = stageFor(inside, wanted);
    const [cos, sin] = [Math.cos(stage.heading), Math.sin(stage.heading)];
    expect(stage.x + cos * inside.x + sin * inside.z).toBeCloseTo(wanted.x);
    expect(stage.z - sin * inside.x + cos * inside.z).toBeCloseTo(wanted.z);
    expect(Math.sin(stage.heading + inside.heading - wanted.heading)).toBeCloseTo(0);
  });

  test("a character too near steps back, never faster than asked, and one far enough stays", () => {
    const user = { x: 0, z: 0, heading: 0 };
    expect(pushBack(user, { x: 0, z: 0.3, heading: 0 }, 0.05)).toEqual({ x: 0, z: expect.closeTo(0.05) });
    expect(pushBack(user, { x: 0, z: CLOSEST_M + 0.1, heading: 0 }, 0.05)).toEqual({ x: 0, z: 0 });
  });
});

test("the mirror shows a user to their left, turned over: their right hand is on the right and faces them", () => {
  const mirror = new Mirror();
  const heading = 0.4;
  mirror.place({ x: 1, z: 2, heading });
  const seen = (left: number, ahead: number): [number, number] => {
    const at = new Vector3(1 + left * Math.cos(heading) + ahead * Math.sin(heading), 1, 2 - left * Math.sin(heading) + ahead * Math.cos(heading));
    const { x, z } = at.applyMatrix4(mirror.root.matrix);
    const [dx, dz] = [x - 1, z - 2];
    return [dx * Math.cos(heading) - dz * Math.sin(heading), dx * Math.sin(heading) + dz * Math.cos(heading)];
  };
  const [left, ahead] = seen(0, 0);
  expect(left).toBeGreaterThan(0.8);
  expect(ahead).toBeGreaterThan(1.4);
  expect(seen(-0.5, 0)[0]).toBeCloseTo(left - 0.5);
  expect(seen(0, 0.3)[1]).toBeCloseTo(ahead - 0.3);
});

test("the mirror's figure comes with the first pose that is known and stays, as it was seen last, when no more come", () => {
  const mirror = new Mirror();
  const reflection = new BodyMixer(24000, 30, null);
  let posed = Number.NaN;
  const pose = (at: Pose): void => void (posed = at[0] ?? Number.NaN);
  const nothing = (): void => undefined;
  const body: Humanoid = { root: new Object3D(), hips_m: 0.95, title: "figure", bone: () => null, pose, face: nothing, look: nothing, update: nothing, dispose: nothing };
  mirror.wear(body);
  mirror.update(reflection, 10, 0.03);
  expect(mirror.root.visible).toBe(false);
  const known = emptyPose();
  known[0] = 0.7;
  reflection.pushIdle(0, known, 10);
  for (const now_s of [10.2, 14, 60]) {
    mirror.update(reflection, now_s, 0.03);
    expect([mirror.root.visible, posed]).toEqual([true, expect.closeTo(0.7)]);
  }
  mirror.take();
  expect(mirror.root.visible).toBe(false);
});

describe("trackers", () => {
  const at = (x: number, seen = 1): Sample => Float32Array.from({ length: 24 }, (_, i) => [x, 1.6, 0, 0, 0, 0, 1, seen][i % 8] ?? 0);

  test.each([72, 90, 60, 45])("a headset of %i Hz gives 30 samples a second that lie on its path", (rate) => {
    const clock = new TrackerClock();
    const samples: Sample[] = [];
    for (let i = 0; i <= 2 * rate; i++) samples.push(...clock.push((1000 * i) / rate, at(i / rate)));
    expect(Math.abs(samples.length - 61)).toBeLessThanOrEqual(1);
    samples.forEach((sample, k) => expect(sample[0]).toBeCloseTo(k / 30, 4));
  });

  test("a device that is lost is sent as lost, not as something between", () => {
    const clock = new TrackerClock();
    clock.push(0, at(1));
    const [sample] = clock.push(34, at(0, 0));
    expect(sample?.[7]).toBe(0);
  });

  test("a page that stalls for a second sends what lies between, so that what follows is not early", () => {
    const clock = new TrackerClock();
    const samples = [0, 100, 1300, 1400].flatMap((ms) => clock.push(ms, at(ms / 1000)));
    expect(samples).toHaveLength(1 + 42);
    samples.forEach((sample, k) => expect(sample[0]).toBeCloseTo(k / 30, 4));
  });

  test("after a pause the rate starts anew instead of inventing a second of movement", () => {
    const clock = new TrackerClock();
    clock.push(0, at(0));
    expect(clock.push(3000, at(1))).toHaveLength(1);
  });

  test("a payload has 96 bytes a sample", () => {
    expect(trackerPayload([at(0), at(1)]).byteLength).toBe(192);
  });
});

describe("fingers", () => {
  /** A hand in the T-pose, fingers straight along `way`, turned by `turn` as a whole, its index bent at the middle joint. */
  function hand(side: "left" | "right", turn: Quaternion, bend: number): JointPlace {
    const way = side === "left" ? 1 : -1;
    const wrist = turn.clone().multiply(new Quaternion().setFromAxisAngle(new Vector3(0, 1, 0), (-way * Math.PI) / 2));
    return (joint) => {
      if (joint === "wrist") return { position: new Vector3(), turn: wrist };
      const along = joint.endsWith("tip") ? 4 : joint.endsWith("distal") ? 3 : joint.endsWith("intermediate") ? 2 : 1;
      const place = new Vector3(way * 0.03 * along, 0, 0);
      if (joint.startsWith("thumb")) {
        const bone = joint.endsWith("metacarpal") ? 0 : joint.endsWith("proximal") ? 1 : joint.endsWith("distal") ? 2 : 3;
        const dirs = [new Vector3(0.546, 0.064, 0.835), new Vector3(0.769, -0.146, 0.622), new Vector3(0.769, -0.146, 0.622)];
        place.set(0, 0, 0);
        dirs.slice(0, bone).forEach((dir) => place.add(dir.normalize().multiplyScalar(0.03)));
        place.x *= way;
      } else if (joint.startsWith("index") && along > 2) {
        const after = new Vector3(way * Math.cos(bend), -Math.sin(bend), 0).multiplyScalar(0.03 * (along - 2));
        place.set(way * 0.06, 0, 0).add(after);
      }
      return { position: place.applyQuaternion(turn), turn: wrist };
    };
  }

  test.each(["left", "right"] as const)("of a straight %s hand are at rest however it is turned, and a bent one is bent where it bends", (side) => {
    const turn = new Quaternion().setFromAxisAngle(new Vector3(1, 2, -1).normalize(), 1.1);
    const out = new Float32Array(60);
    writeFingers(out, 0, side, hand(side, turn, 0.8));
    const turned = Array.from({ length: 15 }, (_, bone) => 2 * Math.acos(Math.min(1, Math.abs(out[4 * bone + 3] ?? 0))));
    turned.forEach((angle, bone) => expect(angle).toBeCloseTo(bone === 1 ? 0.8 : 0, 2));
    expect(Math.sign(out[4 + 2] ?? 0)).toBe(side === "left" ? -1 : 1);
  });

  test("of a hand that is not wholly seen stay zero", () => {
    const out = new Float32Array(60);
    const whole = hand("left", new Quaternion(), 0);
    writeFingers(out, 0, "left", (joint) => (joint === "thumb-tip" ? null : whole(joint)));
    expect(out.some((x) => x !== 0)).toBe(false);
  });
});

test("captions in VR are broken between words at the width of the board", () => {
  expect(wrapText("one two three four", (text) => text.length, 9)).toEqual(["one two", "three", "four"]);
});
