#!/usr/bin/env bash
# Compiles the JNI shim and the Kotlin classes for this machine's Java and asks the embedded checkpoint through them.
# Needs client-mobile/native.sh to have run, and: apt-get install kotlin openjdk-17-jdk-headless gcc
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../../.. && pwd) native=$root/artifacts/native/linux-x64 out=$root/artifacts/native/kotlin
java_home=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
main=app/src/main
mkdir -p "$out"

gcc -std=c11 -Wall -Wextra -Werror -fPIC -shared -O1 -I"$java_home/include" -I"$java_home/include/linux" \
  -I"$root/client-mobile/QwenVl.Client.Native/include" "$main/cpp/qwenvl_jni.c" -L"$native" -lqwenvl_client -Wl,-rpath,"$native" \
  -o "$out/libqwenvl_jni.so"
kotlinc "$main/java/dev/qwenvl/client" check/AskCheck.kt -include-runtime -d "$out/check.jar"

engines=$out/engines
[ -d "$engines" ] || "$root/artifacts/bin/QwenVl.Engines.Tool/release/qwenvl-engines" build "$root/engines/nano/device" --quantize int4 --vision int8 --out "$engines"
java -Djava.library.path="$out" -cp "$out/check.jar" AskCheckKt "$engines" "$root/engines/nano/samples/scene.jpg" "What is in the picture?"
