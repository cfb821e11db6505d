#!/usr/bin/env bash
# Runs the headless Godot client against the server at $SOLAMI_URL; a script error counts as a failure.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
home="$(mktemp -d)"
trap 'rm -rf "$home"' EXIT
status=0
LANG=C.UTF-8 HOME="$home" timeout 600 godot3-server --path "$here" >"$home/log" 2>&1 || status=$?
grep -E '^  (godot|FAILED)|SCRIPT ERROR' "$home/log" || true
if [ "$status" -ne 0 ] || grep -q 'SCRIPT ERROR' "$home/log"; then
  cat "$home/log" >&2
  exit 1
fi
