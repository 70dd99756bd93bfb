#!/usr/bin/env bash
# Runs what client-mobile/native.sh published for linux-arm64 under qemu-user, and the same for linux-x64 beside it: the
# command line, the library's test in C, and whether both give the same answers to the embedded checkpoint's samples.
# Needs: client-mobile/native.sh and client-mobile/native.sh linux-arm64 -p:InvariantGlobalization=true (there is no ICU for
# arm64 beside the cross compiler's libraries); apt-get install qemu-user-static libstdc++6-arm64-cross and OpenSSL:
# dpkg --add-architecture arm64, apt-get update, then this script fetches it without installing it.
set -euo pipefail
cd "$(dirname "$0")/.."
arm=artifacts/native/linux-arm64 x64=artifacts/native/linux-x64 engines=artifacts/native/engines

# What the emulated programs find where they look: the cross compiler's libraries, OpenSSL, and an ARM's /proc/cpuinfo. qemu
# 7.2 shows the host's, in which ONNX Runtime finds no core and crashes while it is being loaded.
root=$PWD/artifacts/native/arm64-root
if [ ! -d "$root" ]; then
  mkdir -p "$root/proc" "$root/openssl"
  ln -s /usr/aarch64-linux-gnu/lib "$root/lib"
  (cd "$root/openssl" && apt-get download -qq libssl3:arm64 && dpkg -x libssl3*.deb .)
  for core in 0 1; do
    printf 'processor\t: %d\nFeatures\t: fp asimd aes pmull sha1 sha2 crc32 atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp\n' "$core"
    printf 'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n\n'
  done > "$root/proc/cpuinfo"
fi
emulated=(qemu-aarch64-static -cpu neoverse-n1 -L "$root" -E "LD_LIBRARY_PATH=$root/openssl/usr/lib/aarch64-linux-gnu")
[ -d "$engines" ] || artifacts/bin/QwenVl.Engines.Tool/release/qwenvl-engines build engines/nano/device --quantize int4 --vision int8 --out "$engines"

step() { printf '\n== %s\n' "$*"; }

step "linux-arm64: $(file -b "$arm/qwenvl" | cut -d, -f1-2)"
"${emulated[@]}" "$arm/qwenvl" --version

step "the library's test in C"
"${emulated[@]}" "$arm/client_test" "$engines" engines/nano/samples/scene.jpg "What is in the picture?"

differ=0
while IFS=$'\t' read -r picture prompt; do
  step "$picture: $prompt"
  for platform in x64 arm64; do
    run=("$x64/qwenvl")
    [ $platform = x64 ] || run=("${emulated[@]}" "$arm/qwenvl")
    from=$EPOCHREALTIME
    "${run[@]}" ask "engines/nano/samples/$picture" "$prompt" --route device-only --device-model "$engines" > "artifacts/native/$platform.txt"
    awk -v from="$from" -v to="$EPOCHREALTIME" -v name=$platform 'BEGIN { printf "%s: %.2f s\n", name, to - from }'
  done
  cat artifacts/native/arm64.txt
  cmp -s artifacts/native/x64.txt artifacts/native/arm64.txt || { echo "differs; x64 says: $(cat artifacts/native/x64.txt)"; differ=$((differ + 1)); }
done < <(sed -n 's/.*"file": "\([^"]*\)", "prompt": "\([^"]*\)".*/\1\t\2/p' engines/nano/samples/samples.json)
printf '\n%s answers differ\n' "$differ"
[ "$differ" -eq 0 ]
