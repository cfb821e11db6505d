# Plays one whole turn of the click-and-flip server: every pose on a skeleton, every sample counted, angles checked.
extends Node

const URL_VARIABLE = "SOLAMI_URL"
const HEADER_BYTES = 24
const POSE_FLOATS = 223
const PATIENCE_S = 240.0
const FLIP_DEG = 80.0

var socket = WebSocketClient.new()
var skeleton
var bones = []
var pose_fps = 30.0
var rate_hz = 24000
var epoch = -1
var samples = 0
var poses = 0
var clicks = []
var flips = []
var was_flipped = false
var lost = 0
var next_seq = {}
var waited_s = 0.0


func _ready():
	skeleton = get_node("Skeleton")
	socket.connect("data_received", self, "_on_data")
	socket.connect("connection_error", self, "_on_error")
	socket.connect("connection_closed", self, "_on_closed")
	socket.set_buffers(4096, 4096, 4096, 4096)
	if socket.connect_to_url(OS.get_environment(URL_VARIABLE) + "/v1/realtime?protocol=1.0") != OK:
		fail("no such address")


func _process(delta):
	socket.poll()
	waited_s += delta
	if waited_s > PATIENCE_S:
		fail("nothing more came")


func _on_data():
	waited_s = 0.0
	var peer = socket.get_peer(1)
	var packet = peer.get_packet()
	if peer.was_string_packet():
		on_event(parse_json(packet.get_string_from_utf8()))
	else:
		on_frame(packet)


func on_event(event):
	match event["type"]:
		"session.created":
			bones = event["streams"]["motion"]["bones"]
			pose_fps = event["streams"]["motion"]["fps"]
			for bone in bones:
				skeleton.add_bone(bone)
			send({"type": "session.update", "session": {"media": "binary", "turn_detection": null}})
		"session.updated":
			rate_hz = int(event["session"]["output_audio_rate"])
			var part = {"type": "input_text", "text": "clicks, please"}
			send({"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [part]}})
			send({"type": "response.create"})
		"response.created":
			epoch = int(event["response"]["epoch"])
		"response.done":
			finish(event["response"])
		"error":
			fail(event["error"]["message"])


func on_frame(packet):
	var reader = StreamPeerBuffer.new()
	reader.big_endian = false
	reader.data_array = packet
	var type = reader.get_u8()
	reader.get_u8()
	reader.get_u16()
	var frame_epoch = reader.get_u32()
	var seq = reader.get_u32()
	var sample = reader.get_u64()
	var length = reader.get_u32()
	if length != packet.size() - HEADER_BYTES:
		fail("a header announces %d bytes and %d follow" % [length, packet.size() - HEADER_BYTES])
	lost += seq - next_seq.get(type, 0)
	next_seq[type] = seq + 1
	if frame_epoch != epoch:
		return
	if type == 1:
		take_audio(reader, sample, length / 2)
	elif type == 2:
		take_poses(reader, sample, length / (4 * POSE_FLOATS))


func take_audio(reader, start, count):
	if start != samples:
		fail("audio starts at sample %d instead of %d" % [start, samples])
	var loudest = 0
	for i in range(count):
		var value = reader.get_16()
		if value > 8000 and value > loudest:
			if loudest == 0:
				clicks.append(start + i)
			else:
				clicks[clicks.size() - 1] = start + i
			loudest = value
		elif value < 1000:
			loudest = 0
	samples += count


func take_poses(reader, start, count):
	for k in range(count):
		var hips = Vector3(reader.get_float(), reader.get_float(), reader.get_float())
		for bone in range(bones.size()):
			var turn = Quat(reader.get_float(), reader.get_float(), reader.get_float(), reader.get_float())
			var place = hips if bone == 0 else Vector3()
			skeleton.set_bone_pose(bone, Transform(Basis(turn), place))
		note_flip(start + k * rate_hz / pose_fps)
		poses += 1


# Reads the angle back from the engine's own skeleton.
func note_flip(stamp):
	var hand = skeleton.get_bone_pose(skeleton.find_bone("rightHand")).basis.get_rotation_quat()
	var angle = rad2deg(2.0 * atan2(Vector3(hand.x, hand.y, hand.z).length(), abs(hand.w)))
	var is_flipped = angle > FLIP_DEG / 2
	var wanted = FLIP_DEG if is_flipped else 0.0
	if abs(angle - wanted) > 0.5:
		fail("the wrist is turned by %.1f degrees" % angle)
	if is_flipped != was_flipped:
		flips.append(stamp)
	was_flipped = is_flipped


func finish(response):
	if response["status"] != "completed":
		fail("the reply is " + response["status"])
	if samples != response["audio_samples"] or poses != response["motion_frames"]:
		fail("%d samples and %d poses came" % [samples, poses])
	if clicks.size() < 3 or clicks.size() != flips.size():
		fail("%d clicks and %d flips" % [clicks.size(), flips.size()])
	var worst = 0.0
	for i in range(clicks.size()):
		worst = max(worst, abs(clicks[i] - flips[i]))
	if worst > 24 or lost > 0:
		fail("clicks and flips are %.0f samples apart, %d frames lost" % [worst, lost])
	print("  godot: %d samples and %d poses of one turn, %d clicks and flips at most %.0f samples apart, %d frames lost"
			% [samples, poses, clicks.size(), worst, lost])
	get_tree().quit(0)


func send(event):
	socket.get_peer(1).set_write_mode(WebSocketPeer.WRITE_MODE_TEXT)
	socket.get_peer(1).put_packet(JSON.print(event).to_utf8())


func fail(why):
	print("  FAILED: " + why)
	get_tree().quit(1)


func _on_error():
	fail("no connection")


func _on_closed(_was_clean = false):
	fail("the server closed the connection")
