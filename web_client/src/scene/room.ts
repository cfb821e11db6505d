/** A calm, bright corner to meet in: floor, a curved backdrop, a rug, a lamp and a plant. No textures, few triangles. */

import {
  BufferGeometry,
  Color,
  ConeGeometry,
  CylinderGeometry,
  DirectionalLight,
  Group,
  HemisphereLight,
  LatheGeometry,
  type Material,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  type Object3D,
  RingGeometry,
  type Scene,
  SphereGeometry,
  Vector2,
} from "three";

export type ThemeName = "light" | "dark";

interface Palette {
  wall: number;
  floor: number;
  rug: number;
  rim: number;
  leaf: number;
  pot: number;
  sky: number;
  ground: number;
  ambient: number;
  key: number;
  keyColour: number;
  lamp: number;
}

const PALETTES: Record<ThemeName, Palette> = {
  light: {
    wall: 0xf1ebe2, floor: 0xd8c7b2, rug: 0xa9c3be, rim: 0xf4efe7, leaf: 0x6f9a78, pot: 0xc98a63,
    sky: 0xffffff, ground: 0xcbb9a4, ambient: 1.75, key: 2.1, keyColour: 0xfff3e2, lamp: 0xfff2d8,
  },
  dark: {
    wall: 0x465261, floor: 0x474b55, rug: 0x4d6b76, rim: 0x6d8790, leaf: 0x4f7d63, pot: 0xa0694c,
    sky: 0xa9bddb, ground: 0x6a5f5a, ambient: 2.3, key: 2.0, keyColour: 0xffdfb8, lamp: 0xffe2b0,
  },
};

export class Room {
  readonly key = new DirectionalLight();
  readonly group = new Group();
  private readonly fill = new HemisphereLight();
  private readonly rimLight = new DirectionalLight(0xbfd4ff, 0.9);
  private readonly paints = new Map<keyof Palette, MeshLambertMaterial | MeshBasicMaterial>();

  constructor(private readonly scene: Scene) {
    this.key.position.set(2.2, 4.2, 3.2);
    this.key.shadow.mapSize.set(1024, 1024);
    this.key.shadow.radius = 5;
    this.key.shadow.normalBias = 0.02;
    const box = this.key.shadow.camera;
    Object.assign(box, { left: -1.6, right: 1.6, top: 2.2, bottom: -1.2, near: 0.5, far: 10 });
    this.rimLight.position.set(-2.5, 2.6, -3);
    this.group.add(this.floor(), this.backdrop(), ...this.rug(), this.plant(), this.lamp());
    scene.add(this.group, this.key, this.key.target, this.fill, this.rimLight);
  }

  paint(theme: ThemeName): void {
    const palette = PALETTES[theme];
    for (const [name, material] of this.paints) material.color.set(palette[name]);
    this.key.color.set(palette.keyColour);
    this.key.intensity = palette.key;
    this.fill.color.set(palette.sky);
    this.fill.groundColor.set(palette.ground);
    this.fill.intensity = palette.ambient;
    this.scene.background = new Color(palette.wall);
  }

  /** Light and shadow follow the character. */
  follow(x: number, z: number): void {
    this.key.target.position.set(x, 0.8, z);
    this.key.position.set(x + 2.2, 4.2, z + 3.2);
  }

  private floor(): Mesh {
    const floor = this.mesh(disc(7, 14), "floor");
    floor.rotation.x = -Math.PI / 2;
    floor.receiveShadow = true;
    return floor;
  }

  /** A wall that runs into the floor without an edge, and closes high above: in VR one looks up. */
  private backdrop(): Mesh {
    const profile = [new Vector2(5.2, 0), new Vector2(6.1, 0.12), new Vector2(6.6, 0.5), new Vector2(6.8, 1.2), new Vector2(6.8, 5), new Vector2(6.4, 6.4), new Vector2(5, 7.7), new Vector2(2.8, 8.4), new Vector2(0, 8.6)];
    const wall = this.mesh(new LatheGeometry(profile, 48), "wall");
    (wall.material as Material).side = 1; // seen from inside
    wall.position.y = 0.002;
    return wall;
  }

  private rug(): Mesh[] {
    const rug = this.mesh(disc(1.5, 4), "rug");
    const rim = this.mesh(new RingGeometry(1.4, 1.44, 64), "rim");
    [rug, rim].forEach((mesh, layer) => {
      mesh.rotation.x = -Math.PI / 2;
      mesh.position.y = 0.004 + 0.003 * layer;
      mesh.receiveShadow = true;
    });
    return [rug, rim];
  }

  private plant(): Object3D {
    const plant = new Group();
    const pot = this.mesh(new CylinderGeometry(0.22, 0.16, 0.36, 20), "pot");
    pot.position.y = 0.18;
    plant.add(pot);
    for (let i = 0; i < 11; i++) {
      const leaf = this.mesh(new ConeGeometry(0.07, 0.75 + 0.25 * ((i * 7) % 4) * 0.5, 5), "leaf");
      leaf.geometry.translate(0, 0.42, 0);
      leaf.position.y = 0.34;
      leaf.rotation.set(0.18 + 0.11 * (i % 4), (i * 2.4) % 6.28, 0, "YXZ");
      plant.add(leaf);
    }
    plant.position.set(-2.3, 0, -2.2);
    return plant;
  }

  private lamp(): Object3D {
    const lamp = new Group();
    const pole = this.mesh(new CylinderGeometry(0.018, 0.018, 1.5, 8), "pot");
    pole.position.y = 0.75;
    const globe = this.mesh(new SphereGeometry(0.2, 24, 16), "lamp", true);
    globe.position.y = 1.62;
    lamp.add(pole, globe);
    lamp.position.set(2.0, 0, -2.6);
    return lamp;
  }

  private mesh(geometry: BufferGeometry, paint: keyof Palette, glows = false): Mesh {
    const material = this.paints.get(paint) ?? (glows ? new MeshBasicMaterial() : new MeshLambertMaterial());
    this.paints.set(paint, material);
    return new Mesh(geometry, material);
  }
}

/** A disc of small triangles: large ones that pass under a headset lose their depth there, and the floor hid the feet. */
function disc(radius: number, rings: number): BufferGeometry {
  return new RingGeometry(0, radius, 48, rings);
}
