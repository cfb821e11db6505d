import { defineConfig } from "vitest/config";

const slow = { testTimeout: 300_000, hookTimeout: 660_000, fileParallelism: false };

export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["tests/**/*.test.ts"], testTimeout: 60_000 } },
      { test: { name: "e2e", include: ["e2e/*.test.ts"], ...slow } },
      { test: { name: "pictures", include: ["pictures/*.pictures.ts"], ...slow } },
      { test: { name: "bench", include: ["bench/**/*.bench.ts"], ...slow } },
    ],
  },
});
