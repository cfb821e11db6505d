import { describe, expect, test } from "vitest";
import { Vector3 } from "three";
import { wrapText } from "../src/xr/caption_board";
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

  test("after a pause the rate starts anew instead of inventing a second of movement", () => {
    const clock = new TrackerClock();
    clock.push(0, at(0));
    expect(clock.push(3000, at(1))).toHaveLength(1);
  });

  test("a payload has 96 bytes a sample", () => {
    expect(trackerPayload([at(0), at(1)]).byteLength).toBe(192);
  });
});

test("captions in VR are broken between words at the width of the board", () => {
  expect(wrapText("one two three four", (text) => text.length, 9)).toEqual(["one two", "three", "four"]);
});
