#!/usr/bin/env bash
# Starts the picture generator and the trainer in the background; they outlive this command.
#   run.sh GENERATOR FONTS WORK MINUTES [options of train.py]
# GENERATOR is the published QwenVl.Pictures, FONTS the folder that its fonts.sh filled. WORK gets shards/, held-out/,
# out/ (checkpoints, state, train.log) and, when all is over, done. WORKERS (default: cores less 3), SEED (default 1;
# choose another one with --resume) and DRAWING (options of the generator's `shards`) may be set in the environment.
set -euo pipefail
[ $# -ge 4 ] || { sed -n 2,7p "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
generator=$(realpath "$1") fonts=$(realpath "$2") minutes=$4
mkdir -p "$3"
work=$(realpath "$3")
shift 4
workers=${WORKERS:-$(($(nproc) > 4 ? $(nproc) - 3 : 1))}
rm -rf "$work/done" "$work/shards"
export PYTHONUNBUFFERED=1 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True PYTORCH_ALLOC_CONF=expandable_segments:True OMP_NUM_THREADS=2

whole() {
  "$generator" shards --split heldout --seed 90210 --shards 16 --shard-pictures "${HELD_OUT:-128}" --workers "$workers" \
    --fonts "$fonts" --out "$work/held-out" >"$work/generator.log" 2>&1
  "$generator" shards --seed "${SEED:-1}" --shards 1000000 --shard-pictures 256 --workers "$workers" --most-waiting 24 \
    --fonts "$fonts" --out "$work/shards" ${DRAWING:-} >>"$work/generator.log" 2>&1 &
  local drawing=$! code=0
  python3 "$here/train.py" --data "$work/shards" --held-out "$work/held-out" --tokenizer "$here/../tokenizer.json" \
    --out "$work/out" --minutes "$minutes" --delete-shards "$@" >"$work/trainer.log" 2>&1 || code=$?
  kill "$drawing" 2>/dev/null || true
  rm -rf "$work/shards"
  echo "$code" >"$work/done"
}
export -f whole
export generator fonts minutes work workers here
setsid nohup bash -c 'whole "$@"' whole "$@" >/dev/null 2>&1 </dev/null &
echo "started; see $here/status.sh $work"
