/** Draws the loop: a ring of fine lines that breathes when waiting and swells with the voice. Pure canvas, no state. */

export interface LoopLook {
  /** Two colours the ring fades between, as RGB. */
  from: readonly [number, number, number];
  to: readonly [number, number, number];
  /** How fast it turns and how much it waves without any sound. */
  speed: number;
  wave: number;
}

export const LOOKS: Record<string, LoopLook> = {
  idle: { from: [84, 110, 240], to: [58, 178, 214], speed: 0.22, wave: 0.05 },
  connecting: { from: [120, 132, 168], to: [84, 110, 240], speed: 0.9, wave: 0.05 },
  joining: { from: [120, 132, 168], to: [84, 110, 240], speed: 0.6, wave: 0.045 },
  reconnecting: { from: [196, 136, 40], to: [150, 140, 150], speed: 0.6, wave: 0.04 },
  listening: { from: [20, 160, 170], to: [84, 110, 240], speed: 0.3, wave: 0.05 },
  thinking: { from: [136, 84, 232], to: [84, 110, 240], speed: 1.3, wave: 0.075 },
  speaking: { from: [240, 106, 74], to: [196, 62, 168], speed: 0.5, wave: 0.06 },
  ended: { from: [140, 148, 164], to: [140, 148, 164], speed: 0.1, wave: 0.03 },
};

const LINES = 16;
const POINTS = 96;

export function mix(a: LoopLook, b: LoopLook, share: number): LoopLook {
  const blend = (x: number, y: number) => x + (y - x) * share;
  const colour = (x: LoopLook["from"], y: LoopLook["from"]) =>
    [blend(x[0], y[0]), blend(x[1], y[1]), blend(x[2], y[2])] as const;
  return {
    from: colour(a.from, b.from),
    to: colour(a.to, b.to),
    speed: blend(a.speed, b.speed),
    wave: blend(a.wave, b.wave),
  };
}

export function drawLoop(
  pen: CanvasRenderingContext2D,
  size: number,
  look: LoopLook,
  phase: number,
  level: number,
  dark: boolean,
) {
  const middle = size / 2;
  const radius = size * 0.36;
  pen.clearRect(0, 0, size, size);
  drawGlow(pen, middle, radius, look, level, dark);
  const ink = pen.createLinearGradient(0, middle - radius, size * 0.3, middle + radius);
  ink.addColorStop(0, rgb(look.from, 1));
  ink.addColorStop(1, rgb(look.to, 1));
  pen.strokeStyle = ink;
  pen.lineWidth = size / 300;
  for (let line = 0; line < LINES; line += 1) {
    const share = line / (LINES - 1);
    pen.globalAlpha = (dark ? 0.3 : 0.26) + 0.5 * share * share;
    trace(pen, middle, radius * (0.985 + 0.03 * share), look.wave * (0.35 + share) + level * 0.2 * share, phase, share);
  }
  pen.globalAlpha = 1;
}

function trace(
  pen: CanvasRenderingContext2D,
  middle: number,
  radius: number,
  swing: number,
  phase: number,
  share: number,
) {
  pen.beginPath();
  for (let point = 0; point <= POINTS; point += 1) {
    const angle = (point / POINTS) * Math.PI * 2;
    const wave =
      Math.sin(angle * 3 + phase * 1.4 + share * 1.9) * 0.55 +
      Math.sin(angle * 2 - phase + share * 2.6) * 0.45 +
      Math.sin(angle * 5 + phase * 0.7 - share * 3) * 0.2;
    const reach = radius * (1 + wave * swing);
    const x = middle + Math.cos(angle) * reach;
    const y = middle + Math.sin(angle) * reach;
    if (point === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
  pen.closePath();
  pen.stroke();
}

function drawGlow(
  pen: CanvasRenderingContext2D,
  middle: number,
  radius: number,
  look: LoopLook,
  level: number,
  dark: boolean,
) {
  const glow = pen.createRadialGradient(middle, middle, radius * 0.55, middle, middle, radius * 1.38);
  const strength = (dark ? 0.2 : 0.12) + level * 0.25;
  glow.addColorStop(0, rgb(look.to, 0));
  glow.addColorStop(0.5, rgb(look.from, strength));
  glow.addColorStop(1, rgb(look.from, 0));
  pen.fillStyle = glow;
  pen.fillRect(0, 0, middle * 2, middle * 2);
}

function rgb([r, g, b]: LoopLook["from"], alpha: number): string {
  return `rgba(${Math.round(r)}, ${Math.round(g)}, ${Math.round(b)}, ${alpha})`;
}
