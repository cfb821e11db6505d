/** Avatar files: a VRM, or a GLB whose bones have usual names. */

import { VRM, VRMLoaderPlugin } from "@pixiv/three-vrm";
import { type GLTF, GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { BONES } from "../protocol/bones";
import { GlbHumanoid } from "./glb_humanoid";
import type { Humanoid } from "./humanoid";
import { VrmHumanoid } from "./vrm_humanoid";

/** Read a file's bytes. Throws an Error with one sentence when they are no humanoid avatar. */
export async function readAvatar(bytes: ArrayBuffer, title: string): Promise<Humanoid> {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  const gltf = await parse(loader, bytes);
  const vrm: unknown = gltf.userData["vrm"];
  return vrm instanceof VRM ? new VrmHumanoid(vrm, BONES, title) : new GlbHumanoid(gltf.scene, BONES, title);
}

async function parse(loader: GLTFLoader, bytes: ArrayBuffer): Promise<GLTF> {
  try {
    return await loader.parseAsync(bytes, "");
  } catch (error) {
    throw new Error(`not a VRM or GLB file (${error instanceof Error ? error.message : String(error)})`);
  }
}
