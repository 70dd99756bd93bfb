#!/usr/bin/env bash
# Publishes the command line and the client library as native code, without .NET, into artifacts/native/RID, and compiles the
# library's test in C beside them. RID is linux-x64, the default, or linux-arm64.
set -euo pipefail
cd "$(dirname "$0")/.."
rid=${1:-linux-x64} out=artifacts/native/${1:-linux-x64}

case $rid in
  linux-x64) cc=gcc linker=(-p:CppCompilerAndLinker=gcc) sanitizers=-fsanitize=address,undefined ;;
  # .NET's own targets ask a linker for --target, which gcc does not know. Sanitizers do not work under qemu.
  linux-arm64) cc=aarch64-linux-gnu-gcc linker=(-p:CppCompilerAndLinker=clang -p:ObjCopyName=aarch64-linux-gnu-objcopy) sanitizers= ;;
  *) echo "native.sh: $rid is neither linux-x64 nor linux-arm64" >&2; exit 2 ;;
esac
for tool in "$cc" "${linker[0]#*=}"; do
  command -v "$tool" > /dev/null || { echo "native.sh: $tool is missing: apt-get install gcc zlib1g-dev; for linux-arm64 clang gcc-aarch64-linux-gnu too" >&2; exit 1; }
done

for project in QwenVl.Cli QwenVl.Client.Native; do
  # What a platform adds to the packages is pinned by the SDK, not by the lock files.
  dotnet publish "client-mobile/$project" -c Release -r "$rid" -o "$out" -nologo -v q -p:RestoreLockedMode=false \
    -p:PublishDocumentationFiles=false -p:PublishReferencesDocumentationFiles=false "${linker[@]}" "${@:2}"
done

rm -f "$out"/*.pdb

native=client-mobile/QwenVl.Client.Native
compile() {
  "$cc" "$1" -Wall -Wextra -Werror -pedantic -O1 -g -pthread "${@:4}" -I"$native/include" "$native/tests/$2" -L"$out" -lqwenvl_client \
    "-Wl,-rpath,\$ORIGIN" -o "$out/$3"
}
# shellcheck disable=SC2086
compile -std=c11 client_test.c client_test $sanitizers
compile -std=c11 example.c example
ls -l "$out" | awk '{ print $5, $9 }'
