#!/usr/bin/env bash
# What transformers answers, several processes side by side:   parity.sh CHECKPOINT PICTURES OUT.jsonl [COUNT] [PROCESSES]
set -euo pipefail
[ $# -ge 3 ] || { sed -n 2p "$0"; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
count=${4:-200} processes=${5:-4}
each=$(((count + processes - 1) / processes))
parts=()
for ((part = 0; part < processes; part++)); do
  parts+=("$3.$part")
  OMP_NUM_THREADS=3 python3 "$here/parity.py" "$1" "$3.$part" --pictures "$2" --skip $((part * each)) --count "$each" >"$3.$part.log" 2>&1 &
done
failed=0
for job in $(jobs -p); do wait "$job" || failed=1; done
cat "${parts[@]/%/.log}"
cat "${parts[@]}" | head -n "$count" >"$3"
rm -f "${parts[@]}" "${parts[@]/%/.log}"
exit "$failed"
