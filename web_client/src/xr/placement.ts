/** Who stands where, seen from above: angles about +Y, heading 0 looks along +Z. Plain arithmetic. */

import type { Placement } from "../protocol/client_events";

export interface Standing {
  x: number;
  z: number;
  heading: number;
}

/** Close enough to talk, far enough not to startle, metres. */
export const TALKING_DISTANCE_M = 1.4;
export const CLOSEST_M = 0.7;

/** A place in front of somebody, facing them. */
export function inFrontOf(person: Standing, distance_m = TALKING_DISTANCE_M): Standing {
  const x = person.x + Math.sin(person.heading) * distance_m;
  const z = person.z + Math.cos(person.heading) * distance_m;
  return { x, z, heading: wrap(person.heading + Math.PI) };
}

/** How a stage must stand for somebody who stands at `inside` on it to stand at `outside` in the world. */
export function stageFor(inside: Standing, outside: Standing): Standing {
  const heading = wrap(outside.heading - inside.heading);
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  return {
    x: outside.x - (cos * inside.x + sin * inside.z),
    z: outside.z - (-sin * inside.x + cos * inside.z),
    heading,
  };
}

/** Where the user stands, seen from the character. */
export function placementOf(user: Standing, character: Standing): Placement {
  const [dx, dz] = [user.x - character.x, user.z - character.z];
  const towards = Math.atan2(dx, dz);
  return {
    distance_m: Math.min(100, Math.hypot(dx, dz)),
    bearing_rad: wrap(towards - character.heading),
    facing_rad: wrap(user.heading - (towards + Math.PI)),
  };
}

/** How far to push the character away from a user who came too close, metres in x and z. */
export function pushBack(user: Standing, character: Standing, most_m: number): { x: number; z: number } {
  const [dx, dz] = [character.x - user.x, character.z - user.z];
  const distance = Math.hypot(dx, dz);
  if (distance >= CLOSEST_M || distance < 1e-3) return { x: 0, z: 0 };
  const step = Math.min(most_m, CLOSEST_M - distance) / distance;
  return { x: dx * step, z: dz * step };
}

export function wrap(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
