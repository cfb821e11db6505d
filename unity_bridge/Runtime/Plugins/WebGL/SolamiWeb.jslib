// The browser's half of the WebGL player: WebSocket, Web Audio and microphone, polled from C#.
// Emscripten's heap views and UTF8ToString are given by Unity's build.
var SolamiWeb = {
  $Solami: {
    sockets: [],
    audio: null,
    nextTime: 0,
    mic: { samples: null, head: 0, count: 0, stream: null, node: null },

    context: function () {
      if (!Solami.audio) {
        Solami.audio = new (window.AudioContext || window.webkitAudioContext)();
        var wake = function () { Solami.audio.resume(); };
        document.addEventListener('pointerdown', wake);
        document.addEventListener('keydown', wake);
      }
      return Solami.audio;
    },

    keep: function (input, rateIn, rateOut) {
      var mic = Solami.mic;
      var step = rateIn / rateOut;
      for (var at = 0; at + 1 < input.length; at += step) {
        var i = Math.floor(at);
        var value = input[i] + (at - i) * (input[i + 1] - input[i]);
        mic.samples[(mic.head + mic.count) % mic.samples.length] = value;
        if (mic.count < mic.samples.length) { mic.count++; } else { mic.head = (mic.head + 1) % mic.samples.length; }
      }
    },
  },

  SolamiSocketOpen: function (urlPointer, keyPointer) {
    var key = UTF8ToString(keyPointer);
    var protocols = key ? ['solami.v1', 'solami-key.' + key] : ['solami.v1'];
    var entry = { socket: null, arrived: [], closeCode: 0 };
    var id = Solami.sockets.push(entry) - 1;
    try {
      entry.socket = new WebSocket(UTF8ToString(urlPointer), protocols);
    } catch (error) {
      console.warn('Solami: ' + error);
      return id;
    }
    entry.socket.binaryType = 'arraybuffer';
    entry.socket.onmessage = function (event) {
      var isText = typeof event.data === 'string';
      var bytes = isText ? new TextEncoder().encode(event.data) : new Uint8Array(event.data);
      entry.arrived.push({ bytes: bytes, isText: isText });
    };
    entry.socket.onclose = function (event) { entry.closeCode = event.code; };
    return id;
  },

  SolamiSocketState: function (id) {
    var socket = Solami.sockets[id].socket;
    return !socket || socket.readyState >= 2 ? 2 : socket.readyState;
  },

  SolamiSocketCloseCode: function (id) {
    return Solami.sockets[id].closeCode;
  },

  SolamiSocketSend: function (id, pointer, count, isText) {
    var socket = Solami.sockets[id].socket;
    if (!socket || socket.readyState !== 1) { return; }
    var bytes = HEAPU8.slice(pointer, pointer + count);
    socket.send(isText ? new TextDecoder().decode(bytes) : bytes);
  },

  SolamiSocketNext: function (id) {
    var arrived = Solami.sockets[id].arrived;
    return arrived.length ? arrived[0].bytes.length : -1;
  },

  SolamiSocketTake: function (id, pointer) {
    var message = Solami.sockets[id].arrived.shift();
    HEAPU8.set(message.bytes, pointer);
    return message.isText ? 1 : 0;
  },

  SolamiSocketClose: function (id) {
    var socket = Solami.sockets[id].socket;
    if (socket && socket.readyState < 2) { socket.close(1000); }
  },

  SolamiAudioLatency: function () {
    var context = Solami.context();
    return context.outputLatency || context.baseLatency || 0;
  },

  SolamiAudioQueued: function () {
    var context = Solami.context();
    if (context.state !== 'running') { return 1e9; }
    return Math.max(0, Solami.nextTime - context.currentTime);
  },

  SolamiAudioPush: function (pointer, count, rate) {
    var context = Solami.context();
    var buffer = context.createBuffer(1, count, rate);
    buffer.copyToChannel(HEAPF32.slice(pointer >> 2, (pointer >> 2) + count), 0);
    var source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    Solami.nextTime = Math.max(Solami.nextTime, context.currentTime);
    source.start(Solami.nextTime);
    Solami.nextTime += count / rate;
  },

  SolamiMicStart: function (rate, capacity) {
    var mic = Solami.mic;
    mic.samples = new Float32Array(capacity);
    mic.head = mic.count = 0;
    var wanted = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
    navigator.mediaDevices.getUserMedia(wanted).then(function (stream) {
      var context = Solami.context();
      mic.stream = stream;
      mic.node = context.createScriptProcessor(1024, 1, 1);
      mic.node.onaudioprocess = function (event) {
        Solami.keep(event.inputBuffer.getChannelData(0), context.sampleRate, rate);
      };
      context.createMediaStreamSource(stream).connect(mic.node);
      mic.node.connect(context.destination);
    }, function (error) { console.warn('Solami: no microphone: ' + error); });
  },

  SolamiMicRunning: function () {
    return Solami.mic.stream ? 1 : 0;
  },

  SolamiMicRead: function (pointer, count) {
    var mic = Solami.mic;
    if (mic.count < count) { return 0; }
    for (var i = 0; i < count; i++) {
      HEAPF32[(pointer >> 2) + i] = mic.samples[(mic.head + i) % mic.samples.length];
    }
    mic.head = (mic.head + count) % mic.samples.length;
    mic.count -= count;
    return 1;
  },

  SolamiMicSkip: function () {
    Solami.mic.count = 0;
  },

  SolamiMicStop: function () {
    var mic = Solami.mic;
    if (mic.node) { mic.node.disconnect(); }
    if (mic.stream) { mic.stream.getTracks().forEach(function (track) { track.stop(); }); }
    mic.node = mic.stream = null;
    mic.count = 0;
  },
};

autoAddDeps(SolamiWeb, '$Solami');
mergeInto(LibraryManager.library, SolamiWeb);
