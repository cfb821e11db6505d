// The WebGL half's logic under Node, with a socket, an audio context and heaps made of thin air.
'use strict';
const assert = require('assert');
const fs = require('fs');
const path = require('path');
const vm = require('vm');

const memory = new ArrayBuffer(1 << 16);
const HEAPU8 = new Uint8Array(memory);
const HEAPF32 = new Float32Array(memory);

function text(pointer, value) {
  HEAPU8.set(Buffer.from(value + '\0'), pointer);
  return pointer;
}

class Socket {
  constructor(url, protocols) {
    Object.assign(this, { url, protocols, readyState: 0, sent: [] });
    Socket.last = this;
  }
  send(data) { this.sent.push(data); }
  close(code) { this.readyState = 3; this.onclose({ code }); }
}

const started = [];
class AudioContext {
  constructor() { Object.assign(this, { currentTime: 1, state: 'running', outputLatency: 0.03, sampleRate: 48000, destination: {} }); }
  createBuffer(channels, length, rate) { return { length, rate, copyToChannel(data) { this.data = Array.from(data); } }; }
  createBufferSource() { return { connect() {}, start(at) { started.push({ at, buffer: this.buffer }); } }; }
}

const library = {};
const scope = {
  HEAPU8, HEAPF32, TextEncoder, TextDecoder, console, WebSocket: Socket, window: { AudioContext },
  document: { addEventListener() {} }, navigator: {}, LibraryManager: { library }, autoAddDeps() {},
  UTF8ToString: (at) => Buffer.from(HEAPU8.slice(at, HEAPU8.indexOf(0, at))).toString(),
  mergeInto: (target, part) => Object.assign(target, part),
};
const file = path.join(__dirname, '../../unity_bridge/Runtime/Plugins/WebGL/SolamiWeb.jslib');
vm.createContext(scope);
vm.runInContext(fs.readFileSync(file, 'utf8'), scope);
scope.Solami = library.$Solami;

// Socket: the key is a subprotocol, text and binary arrive in order, the close code is kept.
const id = library.SolamiSocketOpen(text(100, 'ws://host/v1/realtime'), text(200, 'k-1'));
assert.strictEqual(library.SolamiSocketState(id), 0);
assert.deepStrictEqual(Array.from(Socket.last.protocols), ['solami.v1', 'solami-key.k-1']);
Socket.last.readyState = 1;
Socket.last.onmessage({ data: '{"a":"ü"}' });
Socket.last.onmessage({ data: new Uint8Array([1, 2, 3]).buffer });
assert.strictEqual(library.SolamiSocketNext(id), 10);
assert.strictEqual(library.SolamiSocketTake(id, 1000), 1);
assert.strictEqual(Buffer.from(HEAPU8.slice(1000, 1010)).toString(), '{"a":"ü"}');
assert.strictEqual(library.SolamiSocketTake(id, 1000), 0);
assert.deepStrictEqual(Array.from(HEAPU8.slice(1000, 1003)), [1, 2, 3]);
assert.strictEqual(library.SolamiSocketNext(id), -1);
library.SolamiSocketSend(id, 1000, 3, 0);
library.SolamiSocketSend(id, text(300, 'hello'), 5, 1);
assert.deepStrictEqual(Array.from(Socket.last.sent[0]), [1, 2, 3]);
assert.strictEqual(Socket.last.sent[1], 'hello');
library.SolamiSocketClose(id);
assert.strictEqual(library.SolamiSocketState(id), 2);
assert.strictEqual(library.SolamiSocketCloseCode(id), 1000);

// Sound: blocks follow one another without a gap, and what is queued is known.
HEAPF32.set([0.1, 0.2, 0.3, 0.4], 500);
library.SolamiAudioPush(2000, 4, 8);
library.SolamiAudioPush(2000, 4, 8);
assert.deepStrictEqual(started.map((block) => block.at), [1, 1.5]);
assert.ok(Math.abs(started[0].buffer.data[3] - 0.4) < 1e-6);
assert.strictEqual(library.SolamiAudioQueued(), 1);
assert.strictEqual(library.SolamiAudioLatency(), 0.03);

// Microphone: 48 kHz becomes 24 kHz, the oldest samples fall out of a full ring.
scope.Solami.mic.samples = new Float32Array(8);
scope.Solami.keep(Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), 48000, 24000);
assert.strictEqual(library.SolamiMicRead(4000, 5), 0);
assert.strictEqual(library.SolamiMicRead(4000, 3), 1);
assert.deepStrictEqual(Array.from(HEAPF32.slice(1000, 1003)), [0, 2, 4]);
library.SolamiMicSkip();
assert.strictEqual(library.SolamiMicRead(4000, 1), 0);
console.log('== the WebGL half: sockets, sound and microphone as expected');
