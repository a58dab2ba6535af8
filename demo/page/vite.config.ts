import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `HOLDFAST_DEMO_API` lets `vite page` be developed against a demo that runs elsewhere. */
const api = process.env.HOLDFAST_DEMO_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  // One copy of each: the session provider and the page must share React's and Ably's contexts.
  resolve: { dedupe: ['react', 'react-dom', 'ably'] },
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 1500 },
  server: { proxy: { '/api': api } },
});
