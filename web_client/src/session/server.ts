/** The plain pages of the server this page came from. */

import type { PersonaCard } from "../ui/header";

/** The realtime socket beside this page; ?server=ws://host:port names another one. */
export function socketUrl(page: Location): string {
  const other = new URLSearchParams(page.search).get("server");
  const base = new URL(other ?? page.origin);
  base.protocol = base.protocol.replace("http", "ws");
  return new URL("/v1/realtime", base).toString();
}

/** Opens sockets with the key of `#key=...`: a fragment never leaves the browser by itself. */
export function socketFactory(page: Location): (url: string) => WebSocket {
  const key = new URLSearchParams(page.hash.slice(1)).get("key");
  return (url) => (key === null ? new WebSocket(url) : new WebSocket(url, ["solami.v1", `solami-key.${key}`]));
}

export async function fetchAvatar(): Promise<ArrayBuffer> {
  const answer = await fetch("/v1/avatar.vrm");
  if (!answer.ok) throw new Error(`the server has no avatar (${answer.status})`);
  return answer.arrayBuffer();
}

export async function fetchPersonas(): Promise<PersonaCard[]> {
  const answer = await fetch("/v1/personas");
  if (!answer.ok) throw new Error(`the server names no personas (${answer.status})`);
  const body: unknown = await answer.json();
  if (typeof body !== "object" || body === null || !("data" in body) || !Array.isArray(body.data)) return [];
  return body.data.filter(isCard);
}

function isCard(value: unknown): value is PersonaCard {
  return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string" && "title" in value;
}
