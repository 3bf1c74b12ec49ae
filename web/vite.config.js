import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Everything is served from the sidecar's own origin under a Content-Security-Policy without 'unsafe-inline':
// no data: fonts, no inline module preload, hashed names under /assets/.
const api = process.env.VOICELOOP_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks: (id) => (/node_modules\/(livekit-client|@livekit|rxjs)\//.test(id) ? "livekit" : undefined),
      },
    },
  },
  server: { proxy: { "/api": { target: api, changeOrigin: true } } },
});
