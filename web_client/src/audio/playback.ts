/** The character's voice: feeds the worklet, places it in space, and tells which sample is being heard now. */

import type { Camera, Vector3 } from "three";
import type { PlayerCommand, PlayerReport } from "./player_core";
import workletUrl from "./playback_worklet?worker&url";

export interface Playback {
  readonly context: AudioContext;
  readonly analyser: AnalyserNode;
  readonly panner: PannerNode;
  readonly latest: PlayerReport;
  command(command: PlayerCommand): void;
  setVolume(volume: number): void;
  /** The listener is where the camera is, the voice where the mouth is. */
  place(camera: Camera, mouth: Vector3): void;
  /** In VR distance and direction are heard in full; on a flat page a little. */
  spatial(full: boolean): void;
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
    place: (camera, mouth) => placeVoice(context.listener, panner, camera, mouth),
    spatial(full) {
      panner.panningModel = full ? "HRTF" : "equalpower";
      panner.rolloffFactor = full ? 1 : 0;
    },
    heardSample(epoch) {
      const report = state.latest;
      if (report.epoch !== epoch) return -Infinity;
      if (!report.playing) return report.sample - (report.finished ? 0 : 1);
      return report.sample + (outputTime(context) - report.frame / rate_hz) * rate_hz;
    },
  };
}

function placeVoice(listener: AudioListener, panner: PannerNode, camera: Camera, mouth: Vector3): void {
  const [, , , , ux = 0, uy = 1, uz = 0, , bx = 0, by = 0, bz = 1, , x = 0, y = 0, z = 0] = camera.matrixWorld.elements;
  if (!listener.positionX) {
    listener.setPosition(x, y, z); // Firefox has only the older form
    listener.setOrientation(-bx, -by, -bz, ux, uy, uz);
  } else {
    [listener.positionX.value, listener.positionY.value, listener.positionZ.value] = [x, y, z];
    [listener.forwardX.value, listener.forwardY.value, listener.forwardZ.value] = [-bx, -by, -bz];
    [listener.upX.value, listener.upY.value, listener.upZ.value] = [ux, uy, uz];
  }
  [panner.positionX.value, panner.positionY.value, panner.positionZ.value] = [mouth.x, mouth.y, mouth.z];
}

/** Time on the context's clock of what leaves the device now, in seconds. */
export function outputTime(context: AudioContext): number {
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  if (!contextTime || !performanceTime) return context.currentTime - context.outputLatency;
  return contextTime + (performance.now() - performanceTime) / 1000;
}
