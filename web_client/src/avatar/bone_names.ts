/** Finds humanoid bones in a rig by the names that common tools give them. */

const ALIASES: Record<string, string> = {
  hips: "hips pelvis",
  spine: "spine spine0",
  chest: "chest spine1",
  upperChest: "upperchest spine2",
  neck: "neck",
  head: "head",
  jaw: "jaw",
  Eye: "eye",
  Shoulder: "shoulder clavicle",
  UpperArm: "upperarm arm",
  LowerArm: "lowerarm forearm",
  Hand: "hand wrist",
  UpperLeg: "upperleg upleg thigh hip",
  LowerLeg: "lowerleg leg calf knee",
  Foot: "foot ankle",
  Toes: "toes toebase toe",
  ThumbMetacarpal: "thumbmetacarpal handthumb1 thumb1",
  ThumbProximal: "thumbproximal handthumb2 thumb2",
  ThumbDistal: "thumbdistal handthumb3 thumb3",
};
for (const finger of ["Index", "Middle", "Ring", "Little"]) {
  const names = finger === "Little" ? ["little", "pinky"] : [finger.toLowerCase()];
  ["Proximal", "Intermediate", "Distal"].forEach((part, k) => {
    const forms = names.flatMap((n) => [`${n}${part.toLowerCase()}`, `hand${n}${k + 1}`, `${n}${k + 1}`]);
    ALIASES[finger + part] = forms.join(" ");
  });
}

/** The humanoid bone that a node's name means, or null. */
export function boneOfName(name: string): string | null {
  const plain = name.replace(/^.*:/, "").replace(/^(mixamorig|bip\d*|def|b)[_\-. ]*/i, "");
  const { side, rest } = splitSide(plain);
  const word = rest.toLowerCase().replace(/[^a-z0-9]/g, "").replace(/0+(\d)$/, "$1");
  for (const [bone, forms] of Object.entries(ALIASES)) {
    if (!forms.split(" ").includes(word)) continue;
    const isSided = /^[A-Z]/.test(bone);
    if (isSided === (side !== null)) return isSided ? `${side}${bone}` : bone;
  }
  return null;
}

function splitSide(name: string): { side: "left" | "right" | null; rest: string } {
  const word = /^(left|right)[_\-. ]*(.+)$/i.exec(name);
  if (word) return { side: sideOf(word[1]), rest: word[2] ?? "" };
  const suffix = /^(.+?)[_\-. ](l|r|left|right)$/i.exec(name) ?? /^(.+)[_\-.](l|r)(?=[_\-.])/i.exec(name);
  if (suffix) return { side: sideOf(suffix[2]), rest: suffix[1] ?? "" };
  const prefix = /^(l|r)[_\-. ](.+)$/i.exec(name);
  if (prefix) return { side: sideOf(prefix[1]), rest: prefix[2] ?? "" };
  return { side: null, rest: name };
}

function sideOf(text: string | undefined): "left" | "right" {
  return text?.toLowerCase().startsWith("l") ? "left" : "right";
}
