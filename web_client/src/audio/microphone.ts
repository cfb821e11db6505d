/** The user's voice: echo-cancelled blocks of 20 ms at the session's rate, and how loud they are. */

import workletUrl from "./capture_worklet?worker&url";

export interface Microphone {
  /** Root mean square of the last block, 0 to 1. */
  readonly level: number;
  close(): void;
}

export interface MicrophoneEvents {
  onBlock(samples: Float32Array): void;
  /** The device is gone: unplugged, or taken away by the person or the system. */
  onEnded(): void;
}

/** Ask for the microphone. Rejects with a DOMException whose name says why (NotAllowedError, NotFoundError ...). */
export async function openMicrophone(rate_hz: number, events: MicrophoneEvents): Promise<Microphone> {
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const context = new AudioContext(); // the device's own rate: not every browser resamples a stream
  const release = (): void => {
    for (const track of stream.getTracks()) track.stop();
    void context.close();
  };
  try {
    await context.audioWorklet.addModule(workletUrl);
    await context.resume();
  } catch (error) {
    release();
    throw error;
  }
  for (const track of stream.getTracks()) track.addEventListener("ended", () => events.onEnded());
  return listen(context, stream, rate_hz, events, release);
}

function listen(context: AudioContext, mediaStream: MediaStream, rate_hz: number, events: MicrophoneEvents, release: () => void): Microphone {
  const node = new AudioWorkletNode(context, "solami-capture", { numberOfOutputs: 0, processorOptions: { rate_hz } });
  new MediaStreamAudioSourceNode(context, { mediaStream }).connect(node);
  const state = { level: 0 };
  node.port.onmessage = (message: MessageEvent<Float32Array>) => {
    state.level = rootMeanSquare(message.data);
    events.onBlock(message.data);
  };
  return {
    get level() {
      return state.level;
    },
    close() {
      node.port.onmessage = null;
      release();
    },
  };
}

function rootMeanSquare(samples: Float32Array): number {
  const sum = samples.reduce((total, x) => total + x * x, 0);
  return Math.sqrt(sum / Math.max(1, samples.length));
}
