/** The page against the real server with its scripted engine: turns, interruptions, cuts, restarts, page budget. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser, type OpenPage, openPage } from "./support/browser";
import { wireTo, type Wire } from "./support/cut";
import { ready, say, SLOW, state, until, watch, watched } from "./support/probe";
import { DIST, freePort, type RunningServer, startServer } from "./support/server";

const ELSEWHERE = "https://elsewhere.invalid/spy.bin";
const MAX_APP_BYTES = 1.5 * 2 ** 20;

/** The same GLB without what makes it a VRM: a humanoid known by the names of its bones alone. */
function withoutVrm(glb: Buffer): Buffer {
  const size = glb.readUInt32LE(12);
  const scene = JSON.parse(glb.subarray(20, 20 + size).toString()) as { extensions?: object; extensionsUsed?: string[] };
  delete scene.extensions;
  scene.extensionsUsed = (scene.extensionsUsed ?? []).filter((name) => !name.startsWith("VRMC"));
  const json = Buffer.from(JSON.stringify(scene).padEnd(size, " "));
  return Buffer.concat([glb.subarray(0, 20), json, glb.subarray(20 + size)]);
}

describe("a conversation with the scripted character", () => {
  let server: RunningServer;
  let port: number;
  let wire: Wire;
  let browser: BrowserContext;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    port = await freePort();
    server = await startServer("debug", port);
    wire = await wireTo(server.url);
    browser = await openBrowser();
    open = await openPage(browser, `${wire.url}/?quality=lowest`);
    page = open.page;
    await ready(page);
  });

  afterAll(async () => {
    await browser?.close();
    wire?.close();
    await server?.stop();
  });

  test("the body is alive before anybody has spoken", async () => {
    await watch(page);
    await page.waitForFunction(() => window.watched.handTravel > 0.003, null, { timeout: SLOW });
    expect((await state(page)).avatarState).toBe("idle");
  });

  test("a typed line is answered with words, sound and movement, and the latency table is filled", async () => {
    await page.click("#toggle-latency");
    await say(page, "Hello there");
    await until(page, (s) => s.last !== null && s.meter.played_s > 1);
    await until(page, (s) => s.avatarState === "idle");
    const lines = (await page.locator(".line").allTextContents()).map((text) => text.trim());
    expect(lines[0]).toBe("Hello there");
    expect(lines[1]?.length).toBeGreaterThan(10);
    const seen = await watched(page);
    expect(seen.loudest).toBeGreaterThan(0.005);
    expect(seen.handTravel).toBeGreaterThan(0.1);
    expect(seen.sources).toContain("reply");
    expect(seen.states).toContain("speaking");
    expect(await page.locator("#latency .stage").count()).toBeGreaterThanOrEqual(6);
  });

  test("Escape stops a reply: sound fades, the server is told, the next turn works", async () => {
    await say(page, "Tell me a long story");
    await until(page, (s) => s.avatarState === "speaking" && s.meter.played_s < 3);
    await page.waitForFunction(() => window.solami.playback?.latest.playing, null, { timeout: SLOW });
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => window.solami.playback?.latest.finished, null, { timeout: SLOW });
    await until(page, (s) => s.last?.status === "cancelled" || s.avatarState === "idle");
    await say(page, "And now?");
    await until(page, (s) => s.lines.filter((line) => line.who === "character").length >= 3 && s.avatarState === "idle");
  });

  test("a cut in the middle of a reply loses nothing: the same session goes on to its last sample", async () => {
    const before = await page.evaluate(() => window.solami.conversation.sessionId);
    await say(page, "Once more");
    await page.waitForFunction(() => (window.solami.playback?.latest.sample ?? 0) > 2000 && window.solami.playback?.latest.playing, null, { timeout: SLOW });
    wire.cut();
    await until(page, (s) => s.link.kind !== "open");
    await until(page, (s) => s.link.kind === "open" && s.link.resumed);
    await page.waitForFunction(
      () => {
        const { last } = window.solami.conversation.store.value;
        return last?.status === "completed" && window.solami.playback?.latest.sample === last.audio_samples;
      },
      null,
      { timeout: SLOW },
    );
    expect(await page.evaluate(() => window.solami.conversation.sessionId)).toBe(before);
  });

  test("while the server is away the page says so, and it comes back by itself in a new session", async () => {
    const before = await page.evaluate(() => window.solami.conversation.sessionId);
    await server.stop();
    await page.waitForSelector("#fault:not([hidden])", { timeout: SLOW });
    expect(await page.textContent("#fault strong")).toBe("Connection lost");
    server = await startServer("debug", port);
    await until(page, (s) => s.link.kind === "open");
    await ready(page);
    expect(await page.isVisible("#fault")).toBe(false);
    expect(await page.evaluate(() => window.solami.conversation.sessionId)).not.toBe(before);
    await say(page, "Are you there?");
    await until(page, (s) => s.lines.at(-1)?.who === "character" && s.meter.played_s > 0.5 && s.avatarState === "idle");
  });

  test("another persona takes over with an empty page", async () => {
    const names = await page.locator("#persona option").evaluateAll((all) => all.map((option) => option.getAttribute("value") ?? ""));
    expect(names.length).toBeGreaterThan(1);
    const other = names.find((name) => name !== "ada") ?? "";
    await page.selectOption("#persona", other);
    await page.waitForFunction((name) => window.solami.conversation.store.value.persona === name, other, { timeout: SLOW });
    expect(await page.locator(".line").count()).toBe(0);
  });

  test("the page is worked by keys alone: every control is reached and seen to be, settings open, change and give the focus back", async () => {
    const focus = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");
    const isOpen = (): Promise<boolean> => page.evaluate(() => document.querySelector("dialog[open]") !== null);
    const reached = new Set<string>();
    const unseen = new Set<string>();
    for (let press = 0; press < 10; press++) {
      await page.keyboard.press("Tab");
      reached.add(await focus());
      const isRinged = await page.evaluate(() => document.activeElement !== null && getComputedStyle(document.activeElement).outlineStyle !== "none");
      if (!isRinged) unseen.add(await focus());
    }
    expect([...reached]).toEqual(expect.arrayContaining(["persona", "toggle-latency", "open-settings", "mic", "say", "send"]));
    expect([...unseen].filter((id) => id !== "" && id !== "say")).toEqual([]); // the line to type in has its frame coloured
    await page.focus("#open-settings");
    await page.keyboard.press("Enter");
    expect(await isOpen()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.closest("dialog")?.id)).toBe("settings");
    await page.focus("input[name=theme]:checked");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    await page.keyboard.press("Escape");
    expect([await isOpen(), await focus()]).toEqual([false, "open-settings"]);
    await page.keyboard.press("/");
    expect(await focus()).toBe("say");
  });

  test("a file that is no avatar is refused in a sentence, and the present one stays", async () => {
    await page.setInputFiles("#avatar-file", { name: "cat.glb", mimeType: "model/gltf-binary", buffer: Buffer.from("meow") });
    await until(page, (s) => s.notice.startsWith("cat.glb: not a VRM or GLB file"));
    expect(await page.evaluate(() => window.solami.character.avatar?.title)).toBe("mannequin");
  });

  test("an avatar that asks for files elsewhere gets none", async () => {
    const scene = {
      asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ mesh: 0 }],
      meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
      accessors: [{ bufferView: 0, componentType: 5126, count: 1, type: "VEC3" }],
      bufferViews: [{ buffer: 0, byteLength: 12 }], buffers: [{ uri: ELSEWHERE, byteLength: 12 }],
    };
    await page.setInputFiles("#avatar-file", { name: "spy.glb", mimeType: "model/gltf-binary", buffer: Buffer.from(JSON.stringify(scene)) });
    await until(page, (s) => s.notice.startsWith("spy.glb:"));
  });

  test("avatars that are taken off leave nothing on the graphics card", async () => {
    const avatar = Buffer.from(await (await fetch(`${server.url}/v1/avatar.vrm`)).arrayBuffer());
    const held: string[] = [];
    for (const [name, buffer] of [["one.vrm", avatar], ["two.glb", withoutVrm(avatar)], ["three.vrm", avatar]] as const) {
      await page.setInputFiles("#avatar-file", { name, mimeType: "model/gltf-binary", buffer });
      await page.waitForFunction((title) => window.solami.character.avatar?.title === title, name, { timeout: SLOW });
      await page.waitForTimeout(500); // a few frames draw it
      held.push(await page.evaluate(() => JSON.stringify(window.solami.stage.renderer.info.memory)));
    }
    expect(held[2]).toBe(held[0]);
    expect((await state(page)).notice).not.toContain("two.glb");
  });

  test("in hold-to-talk mode a space bar on the microphone button talks, and does not switch it off", async () => {
    await page.evaluate(() => window.solami.conversation.setMode("push"));
    await page.evaluate(() => document.querySelector<HTMLInputElement>("input[name=mode][value=push]")?.click());
    await page.focus("#mic");
    await page.keyboard.press("Enter");
    await until(page, (s) => s.microphone === "on");
    await page.keyboard.down(" ");
    await until(page, (s) => s.talking);
    await page.keyboard.up(" ");
    await until(page, (s) => !s.talking && s.microphone === "on");
    await until(page, (s) => s.avatarState === "idle");
  });

  test("nothing outside this machine was asked for, and the console stayed clean", () => {
    expect(open.external).toEqual([]);
    // The server was away on purpose, and the policy of the page keeps the avatar from its file.
    const expected = /WebSocket connection to .* failed|ERR_CONNECTION|ERR_EMPTY_RESPONSE|Content Security Policy|THREE.GLTFLoader/;
    expect(open.complaints.filter((text) => !expected.test(text))).toEqual([]);
  });

  test("the app is at most 1.5 MB of code", () => {
    const sizes = readdirSync(join(DIST, "assets")).map((name) => statSync(join(DIST, "assets", name)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(MAX_APP_BYTES);
  });
});
