#!/usr/bin/env bash
# Unity ignores files of an installed package that have no .meta file. Without arguments: names those that lack one and
# .meta files without an asset, a guid twice, and fails. With --write: makes and removes them; a new guid follows from the path.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../unity_bridge"
write="${1:-}"
wrong=0

importer() { # what Unity writes below the guid
  case "$1" in
    *.cs)
      printf 'MonoImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  defaultReferences: []\n'
      printf '  executionOrder: 0\n  icon: {instanceID: 0}\n'
      ;;
    *.asmdef) printf 'AssemblyDefinitionImporter:\n  externalObjects: {}\n' ;;
    package.json) printf 'PackageManifestImporter:\n  externalObjects: {}\n' ;;
    *.md) printf 'TextScriptImporter:\n  externalObjects: {}\n' ;;
    *.jslib)
      printf 'PluginImporter:\n  externalObjects: {}\n  serializedVersion: 2\n  iconMap: {}\n  executionOrder: {}\n'
      printf '  defineConstraints: []\n  isPreloaded: 0\n  isOverridable: 0\n  isExplicitlyReferenced: 0\n'
      printf '  validateReferences: 1\n  platformData:\n'
      printf '  - first:\n      Any: \n    second:\n      enabled: 0\n      settings: {}\n'
      printf '  - first:\n      WebGL: WebGL\n    second:\n      enabled: 1\n      settings: {}\n'
      ;;
    *)
      [ ! -d "$1" ] || printf 'folderAsset: yes\n'
      printf 'DefaultImporter:\n  externalObjects: {}\n'
      ;;
  esac
  printf '  userData: \n  assetBundleName: \n  assetBundleVariant: \n'
}

complain() {
  echo "$1" >&2
  wrong=1
}

while read -r asset; do
  meta="$asset.meta"
  if [ -f "$meta" ]; then continue; fi
  if [ "$write" != --write ]; then complain "unity_bridge/$asset has no .meta file; run tests/unity/metas.sh --write"; continue; fi
  guid="$(printf 'org.solami.unity/%s' "$asset" | md5sum | cut -c1-32)"
  { printf 'fileFormatVersion: 2\nguid: %s\n' "$guid"; importer "$asset"; } >"$meta"
done < <(find . -mindepth 1 -name 'Documentation~' -prune -o ! -name 'Samples~' ! -name '*.meta' -printf '%P\n' | sort)

while read -r meta; do
  [ -e "${meta%.meta}" ] && continue
  if [ "$write" = --write ]; then rm "$meta"; else complain "unity_bridge/$meta belongs to nothing"; fi
done < <(find . -name '*.meta' -printf '%P\n')

twice="$(find . -name '*.meta' -exec grep -h '^guid: ' {} + | sort | uniq -d)"
[ -z "$twice" ] || complain "unity_bridge has two assets with $twice"
exit "$wrong"
