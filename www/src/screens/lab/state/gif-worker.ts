// Encodes an animation away from the page.

import { type Animation, encodeGif } from "./gif";

self.onmessage = ({ data }: MessageEvent<Animation>) => {
  const bytes = encodeGif(data);
  self.postMessage(bytes, { transfer: [bytes.buffer] });
};
