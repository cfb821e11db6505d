#!/usr/bin/env bash
# Compiles the Unity package with Mono against hand-written stubs and tests it, last against the real server and in Godot.
#   tests/unity/run.sh [offline]     offline: no server, no Godot
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
out="$root/out/unity"
package="$root/unity_bridge"
needed=(mono-mcs mono-runtime nunit-console libnunit-cil-dev libnewtonsoft-json5.0-cil libnewtonsoft-json-cil-dev curl)
[ "${1:-}" = offline ] || needed+=(godot3-server)

install_needed() {
  local missing=()
  for name in "${needed[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    echo "make test-unity needs these Debian packages: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

compile() { # name, references (comma separated, without .dll), then folders and flags; -doc fails on what has no summary
  local name="$1" references="$2" flags=(-nowarn:649) folders=() sources=()
  shift 2
  for word in "$@"; do
    if [[ "$word" == -* ]]; then flags+=("$word"); else folders+=("$word"); fi
  done
  for reference in ${references//,/ }; do flags+=("-r:$out/$reference.dll"); done
  mapfile -t sources < <(find "${folders[@]}" -name '*.cs' | sort)
  local target=library ending=dll
  [ "$name" != live ] || { target=exe ending=exe; }
  mcs -langversion:7.2 -warnaserror -nologo -target:$target "${flags[@]}" -out:"$out/$name.$ending" "${sources[@]}"
}

build() {
  mkdir -p "$out"
  cp "$(find /usr/lib/cli -name nunit.framework.dll | head -1)" "$(find /usr/lib/cli -name Newtonsoft.Json.dll | head -1)" "$out/"
  compile Solami.Protocol Newtonsoft.Json "-doc:$out/Solami.Protocol.xml" "$package/Runtime/Protocol"
  compile UnityEngine "" "$root/tests/unity/stubs"
  for platform in UNITY_WEBGL UNITY_ANDROID UNITY_IOS UNITY_STANDALONE; do # the last one is kept
    local input=()
    [ "$platform" != UNITY_STANDALONE ] || input=(-d:ENABLE_LEGACY_INPUT_MANAGER)
    compile Solami UnityEngine,Solami.Protocol "-d:$platform" "${input[@]}" "-doc:$out/Solami.xml" "$package/Runtime/Unity"
  done
  compile UnityEditor UnityEngine "$root/tests/unity/editor_stubs"
  compile Solami.Editor UnityEngine,UnityEditor,Solami,Solami.Protocol,Newtonsoft.Json "$package/Editor" \
    "-d:UNITY_EDITOR" "-doc:$out/Solami.Editor.xml"
  compile Solami.Samples UnityEngine,Solami,Solami.Protocol "$package/Samples~"
  compile Solami.Protocol.Tests Solami.Protocol,Newtonsoft.Json,nunit.framework "$package/Tests/Protocol"
  compile Solami.Tests UnityEngine,UnityEditor,Solami,Solami.Editor,Solami.Protocol,Solami.Protocol.Tests,Newtonsoft.Json,nunit.framework "$root/tests/unity/tests"
  compile live UnityEngine,UnityEditor,Solami,Solami.Editor,Solami.Protocol,Solami.Tests "$root/tests/unity/live"
}

nunit() { # test library, file for the result
  (cd "$out" && nunit-console -nologo -noshadow -xml:"$out/$2.xml" "$1.dll")
}

broken_vector_must_fail() { # one wrong byte in one golden message
  local copy="$out/broken"
  rm -rf "$copy"
  cp -r "$root/tests/vectors" "$copy"
  sed -i '0,/"hex": "01/s//"hex": "11/' "$copy/protocol/media.json"
  if SOLAMI_VECTORS="$copy" nunit Solami.Protocol.Tests broken >"$out/broken.log" 2>&1; then
    echo "a broken golden vector went unnoticed" >&2
    exit 1
  fi
  echo "== a broken golden vector fails the tests, as it must: $(grep -m1 'Tests run' "$out/broken.log")"
}

serve() { # a server of a configuration, with one key set if you like, on a free port; sets url
  local port
  port="$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
  "$python" -m solami serve --config "$1" --port "$port" ${2:+--set "$2"} >"$out/serve-$1.log" 2>&1 &
  server=$!
  url="ws://127.0.0.1:$port"
  for _ in $(seq 1200); do
    curl -fs "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.5
  done
  echo "solami serve --config $1 does not start:" >&2
  cat "$out/serve-$1.log" >&2
  exit 1
}

stop_server() {
  [ -z "${server:-}" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  server=
}

live() { # configuration, then scenarios
  local configuration="$1"
  shift
  serve "$configuration"
  for scenario in "$@"; do
    echo "== live, $scenario with solami serve --config $configuration"
    mono "$out/live.exe" "$scenario" "$url"
  done
  stop_server
}

godot() {
  serve click-flip engine.seconds=6
  echo "== godot, headless, one whole turn"
  SOLAMI_URL="$url" "$root/tests/godot/run.sh"
  stop_server
}

python="$root/.venv/bin/python"
[ -x "$python" ] || python=python3
install_needed
"$root/tests/unity/metas.sh"
build
export SOLAMI_VECTORS="$root/tests/vectors"
nunit Solami.Protocol.Tests protocol
nunit Solami.Tests components
broken_vector_must_fail
"$root/web_client/with-node" "$python" node "$root/tests/unity/jslib_test.js"
[ "${1:-}" != offline ] || exit 0

export OMP_NUM_THREADS=1
trap stop_server EXIT
live click-flip clicks
live debug wizard conversation
live default conversation
godot
