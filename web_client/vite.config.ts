import { defineConfig } from "vite";

const server = process.env["SOLAMI_URL"] ?? "http://127.0.0.1:8800";

export default defineConfig({
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
  worker: { format: "es" },
  server: { proxy: { "/v1": { target: server, ws: true } } },
});
