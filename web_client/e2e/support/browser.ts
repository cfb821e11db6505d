/** Chromium without a screen: software WebGL, a microphone that plays a file, no questions asked. */

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export interface BrowserOptions {
  width?: number;
  height?: number;
  dark?: boolean;
  touch?: boolean;
  /** 48 kHz mono PCM16; it repeats. Without one the microphone beeps. */
  microphone?: string;
}

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--use-fake-ui-for-media-stream",
  "--use-fake-device-for-media-stream",
];

/** A fresh browser with an empty profile. */
export async function openBrowser(options: BrowserOptions = {}): Promise<BrowserContext> {
  const microphone = options.microphone ? [`--use-file-for-fake-audio-capture=${options.microphone}`] : [];
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "solami-web-")), {
    executablePath: CHROMIUM,
    headless: true,
    args: [...FLAGS, ...microphone],
    viewport: { width: options.width ?? 480, height: options.height ?? 360 },
    colorScheme: options.dark ? "dark" : "light",
    hasTouch: options.touch ?? false,
    isMobile: options.touch ?? false,
    permissions: ["microphone"],
  });
}

export interface OpenPage {
  page: Page;
  /** Errors and warnings of the console, uncaught exceptions and failed requests so far. */
  complaints: string[];
  /** Addresses outside this machine that the page asked for. */
  external: string[];
}

/** The page of a server; what it complains about is kept. */
export async function openPage(context: BrowserContext, url: string): Promise<OpenPage> {
  const page = context.pages()[0] ?? (await context.newPage());
  const complaints: string[] = [];
  const external: string[] = [];
  page.on("console", (message) => {
    const isStall = /GPU stall due to ReadPixels/.test(message.text()); // without a GPU every frame is read back
    if (["error", "warning"].includes(message.type()) && !isStall) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith("http") && hostname !== "127.0.0.1") external.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, external };
}
