/** The character's voice: feeds the worklet, places it in space, and tells which sample is being heard now. */

import type { PlayerCommand, PlayerReport } from "./player_core";
import workletUrl from "./playback_worklet?worker&url";

export interface Playback {
  readonly context: AudioContext;
  readonly analyser: AnalyserNode;
  readonly panner: PannerNode;
  readonly latest: PlayerReport;
  command(command: PlayerCommand): void;
  setVolume(volume: number): void;
  /** The sample of response `epoch` that is at the listener's ear now; negative before its first one. */
  heardSample(epoch: number): number;
}

const SILENT: PlayerReport = { epoch: 0, sample: 0, frame: 0, buffered: 0, underruns: 0, playing: false, finished: true };

/** Build the graph: worklet, volume, panner, analyser, speaker. */
export async function createPlayback(rate_hz: number, onReport: (report: PlayerReport) => void): Promise<Playback> {
  const context = new AudioContext({ sampleRate: rate_hz, latencyHint: "interactive" });
  await context.audioWorklet.addModule(workletUrl);
  const node = new AudioWorkletNode(context, "solami-playback", { numberOfInputs: 0, outputChannelCount: [1] });
  const gain = new GainNode(context);
  const panner = new PannerNode(context, { panningModel: "equalpower", refDistance: 1.5, rolloffFactor: 0 });
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  node.connect(gain).connect(panner).connect(analyser).connect(context.destination);
  const state = { latest: SILENT };
  node.port.onmessage = (message: MessageEvent<PlayerReport>) => {
    state.latest = message.data;
    onReport(message.data);
  };
  return {
    context,
    analyser,
    panner,
    get latest() {
      return state.latest;
    },
    command(command) {
      const transfer = command.kind === "samples" ? [command.samples.buffer] : [];
      node.port.postMessage(command, transfer);
    },
    setVolume: (volume) => gain.gain.setTargetAtTime(volume, context.currentTime, 0.02),
    heardSample(epoch) {
      const report = state.latest;
      if (report.epoch !== epoch) return -Infinity;
      if (!report.playing) return report.sample - (report.finished ? 0 : 1);
      return report.sample + (outputTime(context) - report.frame / rate_hz) * rate_hz;
    },
  };
}

/** Time on the context's clock of what leaves the device now, in seconds. */
export function outputTime(context: AudioContext): number {
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  if (!contextTime || !performanceTime) return context.currentTime - context.outputLatency;
  return contextTime + (performance.now() - performanceTime) / 1000;
}
