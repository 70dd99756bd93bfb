#!/usr/bin/env bash
# batch-rounds.sh ROUNDS RATE [CORES [LOAD_CORES]]: the bare tower and the server, at batches of 8 and of 1, by turns, so that a
# machine's neighbours weigh on all alike. RATE is over what the server can do. CORES ("0,1") bind tower and server, LOAD_CORES
# the load; without them nothing is bound. Build the solution in Release first. Prints one line a measurement.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=$1 rate=$2 cores=${3:-} load_cores=${4:-}
bin=$PWD/artifacts/bin
threads=0 bind=() bind_load=()
if [ -n "$cores" ]; then
  threads=$(tr ',' '\n' <<< "$cores" | wc -l)
  bind=(taskset -c "$cores")
fi
if [ -n "$load_cores" ]; then bind_load=(taskset -c "$load_cores"); fi
load="$bin/QwenVl.Benchmarks.Load/release/qwenvl-load.dll"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
port() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" "$work/ready"; }

for round in $(seq "$rounds"); do
  "${bind[@]}" dotnet "$load" bare --batch 1 --batch 8 --bare-seconds 5 --bare-threads "$threads" | sed "s/^/round $round, bare tower, /"
  for batch in 8 1; do
    rm -f "$work/ready"
    "${bind[@]}" dotnet "$bin/QwenVl.Server/release/QwenVl.Server.dll" --host 127.0.0.1 --port 0 --grpc-port 0 --metrics-port 0 --ready-file "$work/ready" \
      --model-path engines/nano/cloud --client-model-path engines/nano/device --max-batch-size "$batch" --max-queue-delay-ms 20 --threads "$threads" > "$work/server.log" 2>&1 &
    server=$!
    until [ -s "$work/ready" ] || ! kill -0 "$server" 2> /dev/null; do sleep 0.2; done
    "${bind_load[@]}" dotnet "$load" run "benchmarks/scenarios/images-batch-$batch.json" --server "http://127.0.0.1:$(port grpc)" --metrics "http://127.0.0.1:$(port metrics)/metrics" \
      --rate "$rate" --duration 12 --warm-up 5 --out "$work/run" > "$work/run.log" 2>&1 || tail -3 "$work/run.log" >&2
    kill "$server"
    wait "$server" || true
    echo "round $round, server, batch $batch: $(grep -hE 'pictures encoded a second|pictures a run, mean|processor cores in use' "$work/run.log" | sed 's/^| *//; s/ *|$//; s/ *| */ /' | paste -sd ';')"
  done
done
